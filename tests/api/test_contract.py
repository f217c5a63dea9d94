"""What the document promises holds for requests nobody thought of: Schemathesis against a running server."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.support import processes
from tests.support.processes import Serve

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "ignored_auth",
    "use_after_free",
)
UNLIMITED = "1000000/1seconds"


def test_generated_requests_break_no_promise(serve: Serve, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/contract.db"
    limits = ("rate_limit_api_key", "rate_limit_anonymous", "rate_limit_webhook")
    served = serve(database_url=url, **dict.fromkeys(limits, UNLIMITED))
    owner = processes.run(
        *("create-owner", "--email", "iga@example.com", "--password", "osiem-slow-ktore-pamietam"),
        *("--organization", "Studio Lawenda", "--json"),
        database_url=url,
    )
    key = json.loads(owner.stdout)["apiKey"]
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{served.url}/api/v1/openapi.json"),
        *("--header", f"Authorization: Bearer {key}", "--max-examples", "10", "--checks", ",".join(CHECKS)),
        # A stream does not end, accounts and mailed links are throttled by design.
        *("--exclude-path", "/api/v1/conversations/stream", "--exclude-path-regex", "^/api/auth/"),
        *("--request-timeout", "20", "--seed", "1", "--no-color"),
    ]
    tried = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert tried.returncode == 0, tried.stdout[-20000:] + served.log.read_text()[-4000:]
    generated = re.search(r"(\d+) generated", tried.stdout)
    assert generated is not None
    assert int(generated[1]) > 300
    log = served.log.read_text()
    assert "Traceback" not in log
    assert "failed" not in log
