"""`/users/me/identities`: one's own linked accounts, and never the last way in."""

import pytest

from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.accounts import service as accounts
from tests import factories
from tests.clients import Caller
from tests.support.openid import Provider

PATH = "/api/v1/users/me/identities"


async def sets_a_password(caller: Caller) -> None:
    async with begin(caller.actor, write=True) as uow:
        (await accounts.me(uow)).password_hash = "$argon2id$"


async def test_own_identities_are_listed_and_unlinked(owner: Caller, stranger: Caller) -> None:
    await sets_a_password(owner)
    row = await factories.identity(owner.user_id)
    [view] = await owner.data("GET", PATH)
    assert (view["provider"], view["name"], view["email"]) == ("google", "Google", "osoba@gmail.example")
    assert view.keys() == {"id", "version", "createdAt", "updatedAt", "provider", "name", "email"}
    assert await stranger.data("GET", PATH) == []
    assert (await stranger.send("DELETE", f"{PATH}/{row.id}")).status_code == 404
    assert await owner.data("DELETE", f"{PATH}/{row.id}") == {"id": str(row.id)}
    assert await owner.data("GET", PATH) == []
    assert (await owner.send("DELETE", f"{PATH}/{row.id}")).status_code == 404


async def test_last_sign_in_method_cannot_be_unlinked(owner: Caller, provider: Provider) -> None:
    """Without a password another linked account is needed, at a provider that is still set up."""
    orphaned = await factories.identity(owner.user_id)
    usable = await factories.identity(owner.user_id, provider="local", issuer=provider.issuer)
    response = await owner.send("DELETE", f"{PATH}/{usable.id}")
    assert (response.status_code, response.json()["error"]["code"]) == (409, "LAST_SIGN_IN")
    assert len(await owner.data("GET", PATH)) == 2
    await owner.data("DELETE", f"{PATH}/{orphaned.id}")
    again = await factories.identity(owner.user_id, provider="local", issuer=provider.issuer)
    await owner.data("DELETE", f"{PATH}/{usable.id}")
    await sets_a_password(owner)
    await owner.data("DELETE", f"{PATH}/{again.id}")
    assert await owner.data("GET", PATH) == []


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_keys_have_no_identities(program: Caller, owner: Caller, method: str) -> None:
    row = await factories.identity(owner.user_id)
    path = PATH if method == "GET" else f"{PATH}/{row.id}"
    assert (await program.send(method, path)).status_code == 403
