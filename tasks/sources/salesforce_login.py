"""How Salesforce lets Baton in: with the app's secret (client credentials), or with a signed JWT instead of one."""

import base64
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import orjson
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from config.settings import SalesforceOrg
from tasks.errors import AuthError, ConfigError, ContractError
from tasks.sources.client import Client
from tasks.sources.judgement import Fatal, Retry, Verdict

TOKEN: Final = "/services/oauth2/token"
JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
JWT_SECONDS: Final = 120  # Salesforce takes 180 at most, by its own clock


def login(client: Client, prefix: str, source: SalesforceOrg) -> Mapping[str, str]:
    """The headers of a fresh session; the token's own host is used from here on.

    A private key in the settings means the JWT bearer flow, none the client-credentials flow.

    Raises:
        ConfigError: credentials are missing, or the key is no RSA key.
        AuthError: Salesforce refuses them.
    """
    answer = client.post(TOKEN, _by_key(prefix, source) if has_key(source) else _by_secret(prefix, source))
    if not isinstance(answer, dict) or not answer.get("access_token"):
        raise ContractError(f"Salesforce answered a login without a token: check {prefix}URL (the org's My Domain).")
    if answer.get("instance_url"):
        client.url = str(answer["instance_url"])
    return {"Authorization": f"Bearer {answer['access_token']}"}


def has_key(source: SalesforceOrg) -> bool:
    """Whether the login is by a private key."""
    return bool(source.private_key_file or source.private_key.get_secret_value())


def _by_secret(prefix: str, source: SalesforceOrg) -> dict[str, str]:
    secret = source.client_secret.get_secret_value()
    _require(prefix, CLIENT_ID=source.client_id, CLIENT_SECRET=secret)
    return {"grant_type": "client_credentials", "client_id": source.client_id, "client_secret": secret}


def _by_key(prefix: str, source: SalesforceOrg) -> dict[str, str]:
    _require(prefix, CLIENT_ID=source.client_id, USERNAME=source.username)
    expires = int(time.time()) + JWT_SECONDS  # the machine's clock, whatever day Baton measures
    claims = {"iss": source.client_id, "sub": source.username, "aud": source.login_url}
    return {"grant_type": JWT_BEARER, "assertion": signed({**claims, "exp": expires}, _key(prefix, source))}


def _require(prefix: str, **given: str) -> None:
    for name, value in given.items():
        if not value:
            raise ConfigError(f"{prefix}{name} is not set: put the connected app's value into the environment.")


def _key(prefix: str, source: SalesforceOrg) -> rsa.RSAPrivateKey:
    """The key, from its file or the environment; nothing of it is told."""
    setting = f"{prefix}PRIVATE_KEY_FILE" if source.private_key_file else f"{prefix}PRIVATE_KEY"
    try:
        text = source.private_key.get_secret_value().replace("\\n", "\n").encode()  # as environments carry new lines
        key = serialization.load_pem_private_key(_content(source.private_key_file) or text, password=None)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(
            f"{setting} cannot be read as a private key ({type(error).__name__}): give the PEM of the RSA key, without "
            "a passphrase, whose certificate was uploaded to the app."
        ) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ConfigError(f"{setting} is no RSA key: Salesforce takes RS256 alone.")
    return key


def _content(path: Path | None) -> bytes:
    return path.read_bytes() if path else b""


def signed(claims: Mapping[str, str | int], key: rsa.RSAPrivateKey) -> str:
    """A JWT signed with RS256."""
    parts = [_base64(orjson.dumps({"alg": "RS256"})), _base64(orjson.dumps(claims))]
    signature = key.sign(".".join(parts).encode(), padding.PKCS1v15(), hashes.SHA256())
    return ".".join([*parts, _base64(signature)])


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def login_refused(error: str, description: str, prefix: str) -> Verdict:
    """What a refused login means; of the description only known words are looked for."""
    if error == "rate_limit_exceeded":
        return Retry("too many logins")
    if error == "invalid_client_id":
        return Fatal(AuthError(f"Salesforce answered {error}: {prefix}CLIENT_ID is wrong."))
    if error == "invalid_client":
        return Fatal(AuthError(f"Salesforce answered {error}: {prefix}CLIENT_SECRET (or {prefix}CLIENT_ID) is wrong."))
    if "approved" in description:
        advice = f"pre-authorise {prefix}USERNAME for the app: in its policies, by a profile or permission set"
    elif "assertion" in description or "audience" in description:
        advice = (
            f"set this machine's clock, check {prefix}USERNAME and {prefix}LOGIN_URL (https://test.salesforce.com for "
            f"a sandbox org), and that {prefix}PRIVATE_KEY belongs to the certificate of the app"
        )
    else:
        advice = (
            f"check that {prefix}URL is the org's My Domain and that the app behind {prefix}CLIENT_ID allows the "
            "client-credentials flow with a user, or the JWT bearer flow"
        )
    return Fatal(AuthError(f"Salesforce answered {error}: {advice}."))
