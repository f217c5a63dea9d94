"""Posts webhooks to the product that is on the path, processes the inbox and says what was answered.

It is a process of its own. A line that it reads is an array: the address of the database, then of each delivery
`{path, headers, body}`. A line that it writes is an array of `{status, body}`.
"""

import asyncio
import json
import sys
from typing import Any

import httpx2

from sekretarka import asgi
from sekretarka.core.database import engine
from sekretarka.domain.agents.rejected_deliveries import rejected
from sekretarka.jobs import worker


async def main() -> None:
    """Until there is nothing more to read."""
    transport = httpx2.ASGITransport(asgi.create_app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        while line := await asyncio.to_thread(sys.stdin.readline):
            database_url, *deliveries = json.loads(line)
            engine.connect(database_url)
            answers = [await deliver(client, **delivery) for delivery in deliveries]
            await worker.drain()
            await rejected.flush()
            await engine.disconnect()
            sys.stdout.write(json.dumps(answers) + "\n")
            sys.stdout.flush()


async def deliver(client: httpx2.AsyncClient, path: str, headers: dict[str, str], body: str) -> dict[str, Any]:
    """What one delivery is answered with."""
    answer = await client.post(path, content=body, headers=headers)
    return {"status": answer.status_code, "body": answer.json()}


asyncio.run(main())
