"""Every event that the running app knows, read in a process of its own because an app can be made only once."""

import functools
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from tests.support.processes import variables
from tests.support.workspace import ROOT

SCRIPT = """
import json
from sekretarka.sekretarka import app
from sekretarka.ui.layout import ON_LOAD
from sekretarka.ui.routes import PAGES, SITE
from sekretarka.ui.rules import FRAMEWORK_EVENTS, rule_of
from sekretarka.ui.reflex_internals import client_storage, middlewares, registered_events, setter_names

def schema(rule):
    return rule.arguments.model_json_schema() if rule else {}

rows = []
for name, handler in registered_events().items():
    rule = rule_of(name)
    access = str(rule.access) if rule else "framework" if name in FRAMEWORK_EVENTS else None
    rows.append({"name": name, "access": access, "background": handler.is_background, "schema": schema(rule)})
ours = registered_events().keys() - FRAMEWORK_EVENTS.keys()
setters = [setter for setter in setter_names() if setter in ours]

def access(handler):
    return str(handler.fn.__sekretarka_rule__.access)

pages = []
for page in PAGES:
    own = [access(handler) for handler in page.on_load if handler not in ON_LOAD]
    row = {"path": page.path, "requires": page.requires, "access": own, "module": page.content.__module__}
    pages.append(row)
    page.component(SITE)()  # as a build does: a text or a var that is not there fails here
shortcuts = [item.keys for item in SITE.sidebar]
middleware = [type(m).__name__ for m in middlewares(app)]
found = {
    "pages": pages,
    "events": rows,
    "stored": client_storage(),
    "setters": setters,
    "middleware": middleware,
    "shortcuts": shortcuts,
}
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Event:
    """One event: who may cause it (None: nobody), and what its arguments look like."""

    name: str
    access: str | None
    background: bool
    schema: dict[str, Any]

    @property
    def short(self) -> str:
        """`Notices.load` instead of the whole path through the state tree."""
        return ".".join(part.rpartition("____")[2] for part in self.name.split(".")[-2:])


@dataclass(frozen=True)
class Page:
    """One page: the permission it declares (None: a page for everybody), those of its own `on_load` handlers,
    and the module that declares it."""

    path: str
    requires: str | None
    access: list[str]
    module: str


@functools.cache
def read() -> dict[str, Any]:
    """The raw findings."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=variables(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    findings: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return findings


def pages() -> list[Page]:
    """Every page of the site map."""
    return [Page(**row) for row in read()["pages"]]


def events() -> list[Event]:
    """Every registered event."""
    return [Event(**row) for row in read()["events"]]
