"""A process full of clients: sends the requests of each line it reads all at once, and writes what came back.

`python -m tests.faults.crowd KEY` with the settings in the environment; the API runs inside, on the shared database.
"""

import asyncio
import json
import sys
from typing import Any

import httpx2

from sekretarka import asgi

ONLY = ("id", "scheduledAt", "say", "data")


async def main(key: str) -> None:
    """Until there is nothing more to read."""
    transport = httpx2.ASGITransport(app=asgi.create_app())
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost:8000", headers=headers) as client:
        while line := await asyncio.to_thread(sys.stdin.readline):
            answers = await asyncio.gather(*(_send(client, *request) for request in json.loads(line)))
            print(json.dumps(answers), flush=True)  # noqa: T201 - this is how it answers


async def _send(client: httpx2.AsyncClient, method: str, path: str, body: Any) -> Any:
    response = await client.request(method, f"/api/v1{path}", json=body)
    body = response.json()
    error = body.get("error") or {}
    data = body["data"] if isinstance(body.get("data"), dict) else {}
    fields = {name: data[name] for name in ONLY if name in data}
    return {"status": response.status_code, "error": error, **fields}


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
