"""Posts one webhook to the product that is on the path, works off the inbox and prints the answer; for a process of
its own: `deliver.py PATH HEADERS < BODY`."""

import asyncio
import json
import sys

import httpx2

from sekretarka import asgi
from sekretarka.core.database import engine
from sekretarka.core.runtime.settings import settings
from sekretarka.domain.agents.rejected_deliveries import rejected
from sekretarka.jobs import worker


async def main(path: str, headers: dict[str, str], body: bytes) -> None:
    """Deliver `body` with `headers` to `path`."""
    engine.connect(settings.database_url.get_secret_value())
    transport = httpx2.ASGITransport(asgi.create_app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.post(path, content=body, headers=headers)
    await worker.drain()
    await rejected.flush()
    await engine.disconnect()
    sys.stdout.write(json.dumps({"status": answer.status_code, "body": answer.json()}))


asyncio.run(main(sys.argv[1], json.loads(sys.argv[2]), sys.stdin.buffer.read()))
