"""What the gateway took in the browser, as a conversation per number; there one answers as the client."""

from html import escape
from pathlib import Path
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sekretarka.core.text import phone, sms
from sekretarka.core.text.i18n import Language, language
from sekretarka.sandbox.page import RELOAD, missing, page, text, when
from sekretarka.sandbox.sms.behavior import UNDELIVERED
from sekretarka.sandbox.sms.callbacks import write_back
from sekretarka.sandbox.sms.message_log import LoggedSms, MessageLog

PATH = "/sandbox/sms"
MAX_ANSWER = 1_000
SHOWN = 200


def create(folder: Path) -> Starlette:
    """The pages of a log."""
    log = MessageLog(folder)

    def of(request: Request) -> list[LoggedSms]:
        client = f"+{request.path_params['number']}"
        return log.newest(lambda message: message.client == client)

    def index(request: Request) -> Response:
        return _index(language(request.cookies.get("lang")), log.newest())

    def thread(request: Request) -> Response:
        messages = of(request)
        return _thread(language(request.cookies.get("lang")), messages) if messages else missing()

    def bubbles(request: Request) -> Response:
        return _bubbles(language(request.cookies.get("lang")), of(request)[:SHOWN])

    async def answer(request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        body = "".join(form.get("body", [])).strip()[:MAX_ANSWER]
        answered = _answerable(of(request))
        if answered is None:
            return missing()
        if body:
            await write_back(log, answered, body)
        return RedirectResponse(request.url.path, 303)

    return Starlette(
        routes=[
            Route(PATH, index),
            Route(f"{PATH}/{{number}}", thread),
            Route(f"{PATH}/{{number}}", answer, methods=["POST"]),
            Route(f"{PATH}/{{number}}/messages", bubbles),
        ]
    )


def _answerable(messages: list[LoggedSms]) -> LoggedSms | None:
    """The newest message from a number, which can be answered; one from a name cannot."""
    newest = next((message for message in messages if not message.is_inbound), None)
    return newest if newest and newest.line.startswith("+") else None


def _index(lang: Language, messages: list[LoggedSms]) -> HTMLResponse:
    threads: dict[str, LoggedSms] = {}
    for message in messages:
        threads.setdefault(message.client, message)
    rows = "".join(
        f'<li><a href="{PATH}/{escape(client.removeprefix("+"))}"><strong>{escape(_number(client))}</strong>'
        f'<time class="soft">{when(lang, last.at)}</time><span class="soft">{escape(last.body[:120])}</span></a></li>'
        for client, last in threads.items()
    )
    content = f"<ul>{rows}</ul>" if rows else f'<p class="empty soft">{text(lang, "sandbox.sms.empty")}</p>'
    title, hint = text(lang, "sandbox.sms.title"), text(lang, "sandbox.sms.hint")
    return page(lang, title, f'<h1>{title}</h1><p class="soft">{hint}</p>{content}', RELOAD)


def _thread(lang: Language, messages: list[LoggedSms]) -> HTMLResponse:
    client = messages[0].client
    title, back = escape(_number(client)), text(lang, "sandbox.sms.back")
    path = f"{PATH}/{escape(client.removeprefix('+'))}"
    answer = (
        f'<form method="post" action="{path}"><label>{text(lang, "sandbox.sms.answer")}'
        f'<textarea name="body" rows="1" maxlength="{MAX_ANSWER}" required autofocus></textarea></label>'
        f"<button>{text(lang, 'sandbox.sms.send')}</button></form>"
    )
    if _answerable(messages) is None:
        answer = f'<p class="soft">{text(lang, "sandbox.sms.one_way")}</p>'
    return page(
        lang,
        title,
        f'<nav><a href="{PATH}">← {back}</a></nav><h1>{title}</h1>'
        f'<iframe class="thread" title="{title}" src="{path}/messages"></iframe>{answer}',
    )


def _bubbles(lang: Language, messages: list[LoggedSms]) -> HTMLResponse:
    bubbles = "".join(
        f'<li class="{"own" if message.is_inbound else ""}"><p>{escape(message.body)}</p>{_below(lang, message)}</li>'
        for message in messages
    )
    return page(lang, "SMS", f'<ol tabindex="0">{bubbles}</ol>', RELOAD, framed=True)


def _below(lang: Language, message: LoggedSms) -> str:
    """When, from whom, and what became of it."""
    facts = [when(lang, message.at)]
    if not message.is_inbound:
        facts = [escape(_number(message.line)), *facts, f"{sms.size(message.body).parts} SMS"]
    shown = " · ".join([*facts, text(lang, f"sandbox.sms.status.{message.status}")])
    return f'<span class="soft{" failed" if message.status == UNDELIVERED else ""}">{shown}</span>'


def _number(value: str) -> str:
    return phone.format_national(value) if value.startswith("+") else value
