"""A browser that keeps cookies and posts forms, as the people and clients of the Auth.js surface do."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2

from tests.support.accounts import PASSWORD


class Browser(httpx2.AsyncClient):
    """Knows how the sign-in forms are sent."""

    async def token(self) -> str:
        """The CSRF token, as every client fetches it before a write."""
        return str((await self.get("/api/auth/csrf")).json()["csrfToken"])

    async def send_form(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> httpx2.Response:
        """A form with the token in it."""
        return await self.post(path, data={"csrfToken": await self.token(), **fields}, headers=headers or {})

    async def sign_in(self, email: str = "iga@example.com", password: str = PASSWORD, **more: Any) -> httpx2.Response:
        """E-mail and password."""
        return await self.send_form("/api/auth/callback/credentials", email=email, password=password, **more)

    async def who(self) -> Any:
        """The session's answer."""
        return (await self.get("/api/auth/session")).json()

    def cookie(self, kind: str) -> str | None:
        """The value of one of the surface's cookies, whatever its prefix."""
        return next((value for name, value in self.cookies.items() if name.endswith(f"authjs.{kind}")), None)


Open = Callable[..., Awaitable[Browser]]
