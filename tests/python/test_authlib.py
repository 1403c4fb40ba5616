"""Latchkey seen by Authlib: the code flow with PKCE, refresh, client credentials, introspection, revocation, the keys."""

import pytest
import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.oidc.discovery import OpenIDProviderMetadata
from joserfc import jwt
from joserfc.jwk import KeySet

from pages import Visitor


def claims_of(metadata, id_token, client_id, nonce):
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    claims = jwt.decode(id_token, keys, algorithms=["ES256", "RS256", "EdDSA", "Ed25519"]).claims
    jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": metadata["issuer"]},
        aud={"essential": True, "value": client_id},
        nonce={"essential": True, "value": nonce},
    ).validate(claims)
    return claims


def test_a_code_with_pkce_becomes_tokens(register, sign_in, metadata):
    session = register()
    token, nonce = sign_in(session)
    claims = claims_of(metadata, token["id_token"], session.client_id, nonce)
    userinfo = session.get(metadata["userinfo_endpoint"]).json()
    assert userinfo["sub"] == claims["sub"]
    assert userinfo["email"] == "ada@example.com"


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "EdDSA"])
def test_id_tokens_are_verified_whatever_signs_them(register, sign_in, metadata, algorithm):
    session = register(id_token_signed_response_alg=algorithm)
    token, nonce = sign_in(session)
    claims_of(metadata, token["id_token"], session.client_id, nonce)


@pytest.mark.parametrize("method", ["none", "client_secret_basic", "client_secret_post"])
def test_a_client_authenticates(register, sign_in, method):
    session = register(token_endpoint_auth_method=method)
    token, _ = sign_in(session)
    assert token["access_token"]


def test_a_wrong_verifier_is_refused(register, issuer, metadata):
    session = register()
    url, _ = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier="a" * 64)
    landed = Visitor(issuer).sign_in(url, "ada@example.com", "correct horse battery staple 7")
    with pytest.raises(OAuthError, match="invalid_grant"):
        session.fetch_token(metadata["token_endpoint"], authorization_response=landed, code_verifier="b" * 64)


def test_a_refresh_token_is_rotated(register, sign_in, metadata):
    session = register()
    token, _ = sign_in(session, prompt="consent")
    fresh = session.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
    assert fresh["access_token"] != token["access_token"]
    assert fresh["refresh_token"] != token["refresh_token"]


def test_client_credentials(register, metadata):
    session = register(scope="demo.read", grant_types=["client_credentials"], redirect_uris=[], response_types=[])
    token = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
    assert token["scope"] == "demo.read"


def test_introspection_and_revocation(register, sign_in, metadata):
    session = register()
    token, _ = sign_in(session, prompt="consent")

    def introspect():
        answer = session.introspect_token(metadata["introspection_endpoint"], token=token["access_token"])
        return answer.json()

    assert introspect()["active"] is True
    revoked = session.revoke_token(metadata["revocation_endpoint"], token=token["refresh_token"])
    assert revoked.status_code == 200
    assert introspect() == {"active": False}
    with pytest.raises(OAuthError, match="invalid_grant"):
        session.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])


def test_discovery_follows_its_specifications(metadata, issuer):
    provider = OpenIDProviderMetadata(metadata)
    assert provider["issuer"] == issuer
    # The specification wants https, which a laptop does not have: every other rule is checked.
    for name in provider.REGISTRY_KEYS:
        try:
            getattr(provider, f"validate_{name}", lambda: None)()
        except ValueError as error:
            assert "https" in str(error), error
