"""The screen of messages through its events: threads are found, opened and read, live and by those who may."""

from uuid import uuid4

from sekretarka.core import actor
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.messages.models import MessageThread
from sekretarka.ui.reflex_internals import ROOT
from tests import factories
from tests.ui.conftest import Dashboard, People
from tests.ui.screen import Screen

STATE = f"{ROOT}.sekretarka___ui___pages___messages___state____messages_state"
SESSION = f"{ROOT}.sekretarka___ui___session____session_state"
NEW = f"{ROOT}.sekretarka___ui___pages___messages___create____new_message_state"
PATH = "/dashboard/messages"


class MessagesScreen(Screen):
    """One open tab."""

    path, state = PATH, STATE


async def test_threads_are_searched_opened_and_read(dashboard: Dashboard, people: People) -> None:
    anna = await factories.client(people.organization_id)
    lucja = await factories.client(people.organization_id, "+48601000222", "Łucja Żółć")
    await factories.message(people.organization_id, to=lucja.phone, body="Dzień dobry,\n\ndo  zobaczenia")
    for _ in range(2):
        await factories.reply(people.organization_id)
    await factories.reply(people.other_organization_id)
    page = await MessagesScreen.open(dashboard, people["staff"].session)
    found: tuple[tuple[dict[str, str], list[str]], ...] = (
        ({}, ["Anna Kowalska", "Łucja Żółć"]),
        ({"search": "ZOLC"}, ["Łucja Żółć"]),
        ({"search": "spoznie"}, ["Anna Kowalska"]),
        ({"unread": "true"}, ["Anna Kowalska"]),
        ({"channel": "email"}, []),
        ({"channel": "x", "unread": "x", "page": "0", "client": "x"}, ["Anna Kowalska", "Łucja Żółć"]),
    )
    for query, names in found:
        await page.event(f"{STATE}.load", **query)
        assert [row["name"] for row in page.seen("rows")] == names, query
    first, second = page.seen("rows")
    assert (first["unread"], first["last"]["outbound"], first["phone"]) == (2, False, "601 000 111")
    last = second["last"]
    assert (last["text"], last["outbound"], last["status"]) == ("Dzień dobry, do zobaczenia", True, "sent")
    await page.event(f"{SESSION}.load")
    assert page.seen("unread_threads", SESSION) == 1
    await page.event(f"{STATE}.load", client=str(anna.id))
    assert (page.seen("detail")["unread"], page.seen("detail")["tel"]) == (2, "+48601000111")
    await page.event(f"{STATE}.mark_read", {"client_id": str(anna.id)}, client=str(anna.id))
    assert (page.seen("detail")["unread"], page.seen("rows")[0]["unread"]) == (0, 0)
    await page.event(f"{STATE}.mark_unread", {"client_id": str(anna.id)}, client=str(anna.id))
    # A page that has not left the thread yet shows it as unread, and so as being read.
    await page.event(f"{STATE}.mark_read", {"client_id": str(anna.id)}, client=str(anna.id))
    for unread_count in (1, 0):
        async with begin(actor.system(people.organization_id)) as uow:
            assert (await uow.get(MessageThread, anna.id)).unread_count == unread_count
        await page.event(f"{STATE}.load", client=str(anna.id))
        await page.event(f"{STATE}.mark_read", {"client_id": str(anna.id)}, client=str(anna.id))


async def test_client_without_messages_can_be_opened_and_a_foreign_one_cannot(
    dashboard: Dashboard, people: People
) -> None:
    anna = await factories.client(people.organization_id)
    page = await MessagesScreen.open(dashboard, people["owner"].session)
    await page.event(f"{STATE}.load", client=str(anna.id))
    assert (page.seen("detail")["name"], page.seen("detail")["has_messages"]) == ("Anna Kowalska", False)
    assert page.seen("rows") in (None, [])
    foreign = await factories.client(people.other_organization_id, "+48601000999")
    for unknown in (uuid4(), foreign.id):
        await page.event(f"{STATE}.load", client=str(unknown))
        assert (page.seen("missing"), page.seen("detail")) == (True, None)


async def test_viewer_reads_for_themselves_only(dashboard: Dashboard, people: People) -> None:
    message = await factories.reply(people.organization_id)
    page = await MessagesScreen.open(dashboard, people["viewer"].session)
    await page.event(f"{STATE}.mark_read", {"client_id": str(message.client_id)}, client=str(message.client_id))
    assert "FORBIDDEN" in page.tab.scripts()
    await page.event(f"{STATE}.load")
    assert [row["unread"] for row in page.seen("rows")] == [1]


async def test_new_message_finds_a_client_or_makes_one(dashboard: Dashboard, people: People) -> None:
    anna = await factories.client(people.organization_id)
    page = await MessagesScreen.open(dashboard, people["staff"].session)
    await page.event(f"{NEW}.load", new="1")
    assert page.seen("creating", NEW) is True
    await page.event(f"{NEW}.search", {"text": "kowalska"}, new="1")
    [found] = page.seen("suggestions", NEW)
    assert (found["phone"], found["href"]) == ("601 000 111", f"{PATH}?client={anna.id}")
    form = {"form": {"body": "Dzień dobry"}}
    for to in ("", "12", "22 100 02 00", "601 000 222"):
        await page.event(f"{NEW}.search", {"text": to}, new="1")
        await page.event(f"{NEW}.create", form, new="1")
        assert set(page.seen("field_errors", NEW)) == {"to"}, to
    assert "nie jest podłączona" in page.seen("field_errors", NEW)["to"]["pl"], "there is no gateway"
    async with begin(actor.system(people.organization_id), write=True) as uow:
        await factories.add_sms_gateway(uow)
    await page.event(f"{NEW}.create", {"form": {"body": ""}}, new="1")
    assert set(page.seen("field_errors", NEW)) == {"body"}
    await page.event(f"{NEW}.create", form, new="1")
    await page.event(f"{STATE}.load")
    [thread] = page.seen("rows")
    assert (thread["phone"], thread["last"]["status"]) == ("601 000 222", "pending")
    assert f"{PATH}?client={thread['id']}" in page.tab.text()


async def test_open_thread_knows_how_to_write(dashboard: Dashboard, people: People) -> None:
    anna = await factories.client(people.organization_id)
    page = await MessagesScreen.open(dashboard, people["owner"].session)
    await page.event(f"{STATE}.load", client=str(anna.id))
    [way] = page.seen("detail")["reach"]
    assert way == {"channel": "sms", "to": "+48601000111", "shown": "601 000 111", "refused": "no_gateway"}
    assert [text["name"] for text in page.seen("detail")["texts"]] == ["missed_call"]
