"""Tokens that a private key signs."""

import sys
from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import Refused
from connectors.keys.signed import signed

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
CLAIMS = {"iss": "issuer", "aud": "audience"}


def private_key(algorithm):
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    key = ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else rsa.generate_private_key(65537, 2048)
    return key, key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()).decode()


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_a_token_says_what_was_claimed_and_how_long_it_lasts(algorithm):
    import jwt

    key, pem = private_key(algorithm)
    token = signed(CLAIMS, pem, algorithm, lasts=QUARTER, name="K1", now=NOW)
    told = jwt.decode(token, key.public_key(), [algorithm], audience="audience", options={"verify_exp": False})
    assert told == {**CLAIMS, "iat": int(NOW.timestamp()) - 60, "exp": int(NOW.timestamp()) + 900}
    assert jwt.get_unverified_header(token) == {"alg": algorithm, "kid": "K1", "typ": "JWT"}


@pytest.mark.parametrize("key", ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_what_is_no_key_is_refused_without_being_told(key):
    with pytest.raises(Refused, match="not a private key in PEM for ES256") as caught:
        signed(CLAIMS, key, "ES256", lasts=QUARTER, now=NOW)
    assert not key or key not in str(caught.value)


def test_a_key_of_another_kind_is_refused():
    with pytest.raises(Refused, match="ES256"):
        signed(CLAIMS, private_key("RS256")[1], "ES256", lasts=QUARTER, now=NOW)


def test_without_the_library_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "jwt", None)
    with pytest.raises(Refused, match="pip install"):
        signed(CLAIMS, "key", "ES256", lasts=QUARTER, now=NOW)
