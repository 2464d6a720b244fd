"""How Kantata cuts a list into pages: silent caps, and numbers that follow `per_page` and `page` alone."""

from collections.abc import Mapping

DEFAULT_PAGE, LARGEST_PAGE = 20, 200
Params = Mapping[str, str]


def paging(params: Params) -> tuple[int, int]:
    """Offset and size of the page: limit with offset wins over page; all limits are silent."""
    size = page_size(params)
    if params.get("limit") and params.get("offset"):
        return max(_integer(params["offset"]), 0), min(max(_integer(params["limit"]), 1), LARGEST_PAGE)
    return (max(_integer(params.get("page", "1")), 1) - 1) * size, size


def page_size(params: Params) -> int:
    """`per_page`, silently 200 when larger and 20 when it is missing or less than 1."""
    given = _integer(params.get("per_page", ""))
    return min(given, LARGEST_PAGE) if given > 0 else DEFAULT_PAGE


def meta(params: Params, count: int) -> dict[str, int]:
    """The page numbers of an answer; they know nothing of limit and offset, as in Kantata's own framework."""
    size = page_size(params)
    number = _integer(params.get("page", "1")) if count else 0
    return {"count": count, "page_count": -(-count // size), "page_number": number, "page_size": size}


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0
