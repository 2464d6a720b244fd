"""The currencies whose minor unit is not a hundredth (ISO 4217)."""

from typing import Final

ZERO_DECIMAL: Final = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
)


def decimals(currency: str) -> int:
    """How many decimals an amount of the currency has: 2, or 0."""
    return 0 if currency in ZERO_DECIMAL else 2
