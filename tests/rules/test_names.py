"""Names that were replaced by standard terms stay replaced; docs/glossary.md has the terms that are our own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.workspace import ROOT

SOURCES = sorted([*(ROOT / "sekretarka").rglob("*.py"), *(ROOT / "tests").rglob("*.py")])

# What nothing of ours may be called again, by the standard term that it is called now.
REPLACED = {
    # core
    "Scope ReadOnlyScopeError": "UnitOfWork",
    "open_scope": "begin",
    "demanded_of": "check_precondition",
    "Together": "Batcher",
    "Direct DirectSQLite DirectPostgreSQL": "RawConnection",
    "Lookup": "PreparedQuery",
    "is_one": "is_transient",
    "is_collision": "is_serialization_failure",
    "fold": "normalize",
    "LiveHead": "LiveCursor",
    "Bus LocalBus RedisBus": "Notifier",
    "Waiter bell": "Subscription",
    "Work": "ClaimedJob",
    "KeptAnswer": "StoredResponse",
    "Away": "RedisUnavailable",
    "unseal reseal": "decrypt, reencrypt",
    "Foreign": "VendorModel",
    "OneRow": "VersionedView",
    "FreeObject": "JsonObject",
    "interleave": "paginate_union",
    "Verdict": "RateLimitResult",
    "secret_key_before": "previous_secret_key",
    "tool_patience_seconds": "tool_timeout_seconds",
    # entry points
    "Answers": "ResponseCache",
    "Guarded OneTransaction": "AuthenticatedRoute, TransactionalRoute",
    "InScope needs_there": "WithUnitOfWork, requires_in_resource",
    "Signed Identify": "SignatureRoute, AuthenticationMiddleware",
    "Door": "WebhookRoute",
    "work_off forget_what_is_old give_up_silent_calls": "drain, purge_expired, fail_stale_calls",
    "beside_the_doors": "background_lifespan",
    "Departure": "AuthorizationRequest",
    # domain
    "LENT": "ELEVATED_PERMISSIONS",
    "are_spent": "is_exhausted",
    "Outside": "schedule_conflicts",
    "Clipped RecordingFact ConsentFact SegmentFact CallFacts": "TruncatedStr, *Payload",
    "other_end repoint tell_of_visit": "remote_number, reassign, link_appointment",
    "forget_old forget_payloads": "purge",
    "Letter": "Email",
    "held_still home_of": "lock_and_check, default_organization",
    "Figure": "Metric",
    # dashboard
    "disown": "reset_if_owner_changed",
    "Seats": "ConnectionLimits",
    "bone steady beside": "skeleton_bar, stable_list, detail_href",
}
MODULES = """
    asgi: doors
    core: scope together direct lookups outages stopping folding bus versions
    api: answers repeats patience replies signed identity limits
    web: answers entrance sealed repeats
    webhooks: door
    providers/openid: wire
    domain: reactions
    domain/receptionist: calls holding
    domain/appointments: placing wall calendars board outside rights feeds
    domain/conversations: intake callers
    domain/agents: refusals
    domain/accounts: letters devices strength throttles
    domain/organizations: access key_access joining
    domain/staff: skills
    ui: seats states notices frame affected
    ui/components: faces steady beside narrow copying sections combo access
    sandbox: house lawenda front_desk cast talks host player diary script sink box
    tests: make people canaries forks rogue unhurried ringing
"""
# Words that are no part of a name, whatever else stands beside them.
WORDS = {
    "visit": "appointment",
    "visits": "appointments",
    "letter": "email",
    "letters": "emails",
    "door": "entry point",
    "doors": "entry points",
    "kept": "stored or cached",
    "forgotten": "purged",
    "hers": "theirs",
}
# Fields and schemas of the API, and the standard term for what is given up.
USUAL = {"visit_at", "visit_count", "last_visit_at", "Forgotten"}
USUAL |= {"dead_letters", "_dead_letter", "_dead_letters"}
USUAL |= {"test_dead_letters_are_replayed", "test_dead_letter_is_notified_live"}


def defined(path: Path) -> Iterator[tuple[str, int]]:
    """Every name that a module gives to something, with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.name, node.lineno
            case ast.arg():
                yield node.arg, node.lineno
            case ast.Name(ctx=ast.Store()):
                yield node.id, node.lineno
            case ast.Attribute(ctx=ast.Store()):
                yield node.attr, node.lineno
            case ast.alias(asname=str(name)):
                yield name, node.lineno
            case _:
                pass


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_name_comes_back(path: Path) -> None:
    replaced = {old: new for olds, new in REPLACED.items() for old in olds.split()}
    faults = []
    for name, line in defined(path):
        if name in replaced:
            faults.append(f"{path.name}:{line} defines {name}, which is called {replaced[name]}")
        if name not in USUAL:
            words = name.lower().strip("_").split("_")
            faults += [f"{path.name}:{line} defines {name}: say {WORDS[word]}" for word in words if word in WORDS]
    assert not faults, "\n".join(faults)


def test_no_module_comes_back() -> None:
    faults = []
    for line in MODULES.split("\n"):
        folder, _, names = line.strip().partition(": ")
        place = ROOT / folder if folder == "tests" else ROOT / "sekretarka" / ("" if folder == "asgi" else folder)
        faults += [
            str(path.relative_to(ROOT))
            for name in names.split()
            for path in (place.glob(f"{name}.*") if folder == "asgi" else place.rglob(f"{name}.*"))
            if path.suffix in {".py", ".js", ".jsx"}
        ]
    assert not faults, "\n".join(faults)
