"""Requests that come in a turn of background work begin after it."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sekretarka.core.runtime.fair_share import share


class FairShareMiddleware:
    """Outermost, as whatever a request does takes time; an answer that has begun, a stream for one, counts no more."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await share.admit()
        with share.request() as end:

            async def begin(message: Message) -> None:
                end()
                await send(message)

            await self.app(scope, receive, begin)
