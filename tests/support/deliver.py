"""Posts webhooks to the product that is on the path, processes the inbox and prints the answers; for a process of its
own. It reads a JSON array of `{path, headers, body}` and writes one of `{status, body}`."""

import asyncio
import json
import sys
from typing import Any

import httpx2

from sekretarka import asgi
from sekretarka.core.database import engine
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.agents.rejected_deliveries import rejected
from sekretarka.jobs import worker


async def main(deliveries: list[dict[str, Any]]) -> None:
    """Deliver one after the other."""
    engine.connect(settings.database_url.get_secret_value())
    transport = httpx2.ASGITransport(asgi.create_app())
    answers = []
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for delivery in deliveries:
            answer = await client.post(delivery["path"], content=delivery["body"], headers=delivery["headers"])
            answers.append({"status": answer.status_code, "body": answer.json()})
    await worker.drain()
    await rejected.flush()
    await engine.disconnect()
    sys.stdout.write(json.dumps(answers))


asyncio.run(main(json.load(sys.stdin)))
