"""How the org lets an app in: the client-credentials flow and the JWT bearer flow, with their refusals."""

import time
from base64 import b64decode, urlsafe_b64decode
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from starlette.requests import Request
from starlette.responses import Response

from sandbox.org import Org
from sandbox.refusals import encoded, target

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
JWT_SECONDS = 180


def token(org: Org, request: Request, form: dict[str, list[str]]) -> Response:
    """A session for a login that is right, else OAuth's error: an object, unlike all other errors."""
    grant = form.get("grant_type", [""])[0]
    if grant == "client_credentials":
        wrong = _wrong_secret(org, *_given(request, form))
    elif grant == JWT_BEARER:
        host = f"{request.url.scheme}://{request.url.netloc}"
        wrong = _wrong_assertion(org, form.get("assertion", [""])[0], (*AUDIENCES, host), target(request.scope))
    else:
        wrong = ("unsupported_grant_type", "grant type not supported")
    if wrong:
        return encoded({"error": wrong[0], "error_description": wrong[1]}, 400)
    return encoded(_session(org, f"{request.url.scheme}://{request.url.netloc}"))


def _session(org: Org, host: str) -> dict[str, Any]:
    return {
        "access_token": org.login(),
        "signature": "c2FuZGJveA==",
        "scope": "api",
        "instance_url": host,
        "id": f"{host}/id/00DRO0000000001AAA/005RO0000000001AAA",
        "token_type": "Bearer",
        "issued_at": str(int(org.clock.now.timestamp() * 1000)),
    }


def _given(request: Request, form: dict[str, list[str]]) -> tuple[str, str]:
    scheme, _, basic = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        user, _, password = b64decode(basic).decode(errors="replace").partition(":")
        return user, password
    return form.get("client_id", [""])[0], form.get("client_secret", [""])[0]


def _wrong_secret(org: Org, client_id: str, client_secret: str) -> tuple[str, str] | None:
    if client_id != org.client_id:
        return "invalid_client_id", "client identifier invalid"
    if client_secret != org.client_secret:
        return "invalid_client", "invalid client credentials"
    return None


def _wrong_assertion(org: Org, assertion: str, audiences: tuple[str, ...], path: str) -> tuple[str, str] | None:
    """What is wrong with a JWT; its life is judged by the machine's clock, as the client made it."""
    invalid = ("invalid_grant", "invalid assertion")
    try:
        head, body, signature = assertion.split(".")
        algorithm, claims = orjson.loads(_plain(head))["alg"], orjson.loads(_plain(body))
    except (ValueError, KeyError, TypeError):
        return invalid
    if claims.get("iss") != org.client_id:
        return "invalid_client_id", "client identifier invalid"
    skew = fault.seconds if (fault := org.faults.due(("clock_skew",), "salesforce", path)) else 0
    now = time.time() + skew
    is_alive = now < claims.get("exp", 0) <= now + JWT_SECONDS
    if claims.get("aud") not in audiences or algorithm != "RS256" or not is_alive:
        return invalid
    if claims.get("sub") not in org.certificates or org.faults.due(("unapproved_user",), "salesforce", path):
        return "invalid_grant", "user hasn't approved this consumer"
    if not _is_signed(f"{head}.{body}".encode(), _plain(signature), org.certificates[claims["sub"]]):
        return invalid
    return None


def _is_signed(content: bytes, signature: bytes, certificate: bytes) -> bool:
    key = serialization.load_pem_public_key(certificate)
    assert isinstance(key, rsa.RSAPublicKey)
    try:
        key.verify(signature, content, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _plain(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
