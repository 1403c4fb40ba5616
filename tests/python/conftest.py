"""The local host under test: the one at LATCHKEY_URL, or one that is started for these tests."""

import os
import pathlib
import re
import subprocess

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session

from pages import Visitor

ROOT = pathlib.Path(__file__).resolve().parents[2]
REDIRECT_URI = "http://localhost/callback"
PASSWORD = "correct horse battery staple 7"


@pytest.fixture(scope="session")
def issuer():
    if url := os.environ.get("LATCHKEY_URL"):
        yield url.rstrip("/")
        return
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    command = [str(target / "debug/local"), "--profile", "test", "--port", "0", "--memory"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "AWS_PORT": "0"}) as host:
        url = None
        for line in host.stdout:
            if found := re.search(r"Latchkey is up on (\S+)", line):
                url = found.group(1)
            if line.startswith("ready"):
                break
        assert url, "the local host ended before it was ready"
        yield url
        host.terminate()


@pytest.fixture(scope="session")
def metadata(issuer):
    response = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10)
    response.raise_for_status()
    return response.json()


@pytest.fixture
def register(metadata):
    """Registers a client, and gives its session."""

    def make(scope="openid email offline_access", **changes):
        asked = {
            "client_name": "Authlib",
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "client_secret_basic",
            "scope": scope,
            **changes,
        }
        response = requests.post(metadata["registration_endpoint"], json=asked, timeout=10)
        assert response.status_code == 201, response.text
        client = response.json()
        return OAuth2Session(
            client["client_id"],
            client.get("client_secret"),
            token_endpoint_auth_method=client["token_endpoint_auth_method"],
            scope=scope,
            redirect_uri=REDIRECT_URI,
            code_challenge_method="S256",
            default_timeout=10,
        )

    return make


@pytest.fixture
def sign_in(issuer, metadata):
    """Takes a customer through the code flow of a client's session; gives the tokens and the nonce."""

    def walk(session, email="ada@example.com", password=PASSWORD, **parameters):
        verifier = "v" * 20 + os.urandom(24).hex()
        nonce = os.urandom(12).hex()
        url, state = session.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce, **parameters
        )
        landed = Visitor(issuer).sign_in(url, email, password)
        token = session.fetch_token(
            metadata["token_endpoint"], authorization_response=landed, code_verifier=verifier, state=state
        )
        return token, nonce

    return walk
