"""JWT bearer instead of a secret, and a pull that leaves the org's other apps their share of its requests."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pydantic import SecretStr

from sandbox.faults import Fault
from sandbox.refusals import DAILY_REQUESTS
from tasks.errors import AuthError, ConfigError, QuotaError
from tasks.sources.check import check

NOW = datetime(2026, 9, 1, 5, tzinfo=UTC)
USER = "integration@baton.example"
ENCODING, PRIVATE, PUBLIC = (
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.PublicFormat.SubjectPublicKeyInfo,
)


def pem(key):
    return key.private_bytes(ENCODING, PRIVATE, serialization.NoEncryption()).decode()


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def trusting(company, serve, key):
    """`trusting()` serves an org that knows the user's certificate, and a Baton that has the key and no secret."""
    company.crm("Account", "001RO0000000001AAA", Name="Acme")

    def start(*faults, **changes):
        bench = serve(faults=faults)
        bench.servers.certificates[USER] = key.public_key().public_bytes(ENCODING, PUBLIC)
        given = {"username": USER, "private_key": SecretStr(pem(key)), "client_secret": SecretStr("")}
        return bench.with_source("salesforce", **(given | changes))

    return start


def test_a_private_key_takes_the_place_of_the_secret(trusting):
    bench = trusting()
    assert bench.pull("salesforce", "account").appended == 1
    assert {one.subject: one.message for one in check("salesforce", bench.settings)}["salesforce: login"] == (
        "private key accepted"
    )


def test_the_key_may_stand_in_a_file_or_in_one_line_of_the_environment(trusting, key, tmp_path):
    file = tmp_path / "key.pem"
    file.write_text(pem(key))
    assert trusting(private_key=SecretStr(""), private_key_file=file).pull("salesforce", "account").appended == 1
    one_line = SecretStr(pem(key).replace("\n", "\\n"))
    assert trusting(private_key=one_line).pull("salesforce", "account").requests == 4


def test_an_ended_session_is_renewed_by_a_new_assertion(trusting):
    assert trusting(Fault("expired_token", vendor="salesforce", path="/queryAll")).pull("salesforce", "account").retries


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault("clock_skew", seconds=600), "set this machine's clock, check BATON_SOURCES__SALESFORCE__USERNAME"),
        (Fault("unapproved_user"), "pre-authorise BATON_SOURCES__SALESFORCE__USERNAME"),
    ],
)
def test_a_refused_assertion_says_what_to_do(trusting, fault, message):
    with pytest.raises(AuthError, match=message):
        trusting(fault).pull("salesforce", "account")


def test_a_wrong_audience_user_or_app_is_told_apart(trusting):
    for changes, message in (
        ({"login_url": "https://login.example.com"}, "BATON_SOURCES__SALESFORCE__LOGIN_URL"),
        ({"username": "nobody@baton.example"}, "pre-authorise BATON_SOURCES__SALESFORCE__USERNAME"),
        ({"client_id": "other"}, "BATON_SOURCES__SALESFORCE__CLIENT_ID is wrong"),
        ({"private_key": SecretStr(pem(rsa.generate_private_key(65537, 2048)))}, "PRIVATE_KEY belongs to"),
    ):
        with pytest.raises(AuthError, match=message):
            trusting(**changes).pull("salesforce", "account")


def test_a_key_that_is_none_is_named_by_its_setting_and_never_shown(trusting, tmp_path):
    for changes, message in (
        ({"private_key": SecretStr("tell-nobody")}, r"PRIVATE_KEY cannot be read as a private key \(ValueError\)"),
        ({"private_key_file": tmp_path / "none.pem"}, r"PRIVATE_KEY_FILE cannot be read .*FileNotFoundError"),
        ({"private_key": SecretStr(pem(ec.generate_private_key(ec.SECP256R1())))}, "is no RSA key"),
        ({"username": ""}, "USERNAME is not set"),
    ):
        with pytest.raises(ConfigError, match=message) as caught:
            trusting(**changes).pull("salesforce", "account")
        assert "tell-nobody" not in str(caught.value)


def test_the_pull_stops_before_the_orgs_limit_and_asks_no_further(company, serve):
    company.crm("Account", "001RO0000000001AAA", Name="Acme")
    bench = serve(faults=[Fault("others_used", rows=DAILY_REQUESTS * 9 // 10)])
    with pytest.raises(QuotaError, match=r"90,001 of the org's 100,000 requests.*SALESFORCE__REQUESTS_SHARE"):
        bench.pull("salesforce", "account")
    seen = bench.servers.faults.counts()[0]["seen"]
    assert (seen, bench.slept) == (1, [])
    assert bench.with_source("salesforce", requests_share=0.95).pull("salesforce", "account").appended == 1


def test_the_doctor_says_that_the_share_is_used_up(company, serve):
    bench = serve(faults=[Fault("others_used", rows=DAILY_REQUESTS * 9 // 10)])
    (found,) = check("salesforce", bench.settings)
    assert not found.is_ok
    assert "REQUESTS_SHARE" in found.message
