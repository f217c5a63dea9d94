"""A process full of clients: sends the requests it is given all at once, and gives back what came of them.

The API runs inside, on the shared database.
"""

import asyncio
from multiprocessing.connection import Connection
from typing import Any

import httpx2

from sekretarka import asgi

ONLY = ("id", "scheduledAt", "say", "data")


def run(key: str, end: Connection) -> None:
    """Until nothing more comes."""
    asyncio.run(_answer(key, end))


async def _answer(key: str, end: Connection) -> None:
    transport = httpx2.ASGITransport(app=asgi.create_app())
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost:8000", headers=headers) as client:
        while requests := await asyncio.to_thread(end.recv):
            end.send(await asyncio.gather(*(_send(client, *request) for request in requests)))


async def _send(client: httpx2.AsyncClient, method: str, path: str, body: Any) -> Any:
    response = await client.request(method, f"/api/v1{path}", json=body)
    body = response.json()
    error = body.get("error") or {}
    data = body["data"] if isinstance(body.get("data"), dict) else {}
    fields = {name: data[name] for name in ONLY if name in data}
    return {"status": response.status_code, "error": error, **fields}
