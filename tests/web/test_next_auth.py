"""The proof that the surface is Auth.js's: its unchanged client, both versions, against a running server."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.support import npm
from tests.support.accounts import PASSWORD
from tests.support.openid import Provider
from tests.support.processes import Serve

JOURNEY = ("authjs.nonce", "authjs.pkce.code_verifier", "authjs.state")


@pytest.mark.parametrize("client", ["next-auth-4", "next-auth-5"])
def test_the_unchanged_client_signs_in_reads_the_session_and_signs_out(
    serve: Serve, database_url: str, provider: Provider, client: str
) -> None:
    url = serve(database_url=database_url, oidc_providers=provider.setting).url
    person = {"email": "iga@example.com", "name": "Iga Nowak", "password": PASSWORD}
    assert httpx2.post(f"{url}/api/auth/register", json=person).status_code == 201

    report = json.loads(
        npm.node("next_auth.mjs", client, "iga@example.com", PASSWORD, variables={"NEXTAUTH_URL": f"{url}/api/auth"})
    )

    assert report["providers"]["credentials"]["callbackUrl"] == f"{url}/api/auth/callback/credentials"
    assert (report["before"], report["stillNobody"], report["after"]) == (None, None, None)
    wrong, right = report["wrong"], report["right"]
    assert (wrong["error"], wrong["ok"], wrong["url"]) == ("CredentialsSignin", True, None)
    assert (right["error"] if client == "next-auth-4" else right.get("error"), right["ok"]) == (None, True)
    assert right["url"] == f"{url}/dashboard/agents"
    if client == "next-auth-5":
        assert wrong["code"] == "credentials"
    assert report["session"]["user"]["email"] == "iga@example.com"
    assert report["session"]["user"]["role"] == "owner"
    assert re.fullmatch(r"[0-9a-f]{64}", report["token"])
    assert report["evil"]["url"] == f"{url}/dashboard"
    assert report["out"] == {"url": f"{url}/login"}
    away = urlsplit(report["away"])
    assert f"{away.scheme}://{away.netloc}{away.path}" == f"{provider.issuer}/authorize"
    assert parse_qs(away.query)["redirect_uri"] == [f"{url}/api/auth/callback/local"]
    assert report["providers"]["local"]["type"] == "oidc"
    assert report["cookies"] == ["authjs.callback-url", "authjs.csrf-token", "authjs.device", *JOURNEY]
    assert report["statuses"] == [200]
