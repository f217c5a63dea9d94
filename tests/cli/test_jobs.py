"""`jobs`: what it prints, and how it ends."""

import json

import pytest

from sekretarka.core import actor
from sekretarka.core.database import engine
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.accounts.mail import SendMail
from sekretarka.jobs import runner
from sekretarka.jobs.registry import JOB_HANDLERS
from tests.support.jobs import jobs
from tests.support.processes import run

EMAIL = SendMail(to="iga@example.com", subject="Hasło", text="Oto link", html="<p>Oto link</p>")


@pytest.fixture
async def dead_job(database: engine.Database) -> str:
    """An email that no server took; its id."""
    async with begin(actor.system(), write=True) as uow:
        await uow.enqueue(EMAIL)
    assert await runner.drain(JOB_HANDLERS) == 1  # there is no SMTP_URL
    [job] = await jobs()
    return str(job.id)


def test_dead_job_is_listed_run_again_and_dropped(dead_job: str, database_url: str) -> None:
    listed = run("jobs", database_url=database_url)
    assert listed.returncode == 0, listed.stderr
    assert "iga@" not in listed.stdout
    lanes, _, rest = listed.stdout.partition("\n\n")
    assert ["mail", "0", "-", "1"] in [line.split() for line in lanes.splitlines()]
    told = f"{dead_job} mail mail.send 1 times dead smtp: SMTP_URL is not set"
    assert rest.splitlines()[-1].split() == told.split()

    assert run("jobs", "retry", dead_job, database_url=database_url).returncode == 0
    answer = json.loads(run("jobs", "--lane", "mail", "--json", database_url=database_url).stdout)
    [job] = answer["jobs"]
    assert (job["id"], job["state"], job["attempts"]) == (dead_job, "pending", 0)

    assert run("jobs", "drop", dead_job, database_url=database_url).returncode == 0
    again = run("jobs", "drop", dead_job, database_url=database_url)
    assert (again.returncode, dead_job in again.stderr) == (1, True)


@pytest.mark.parametrize("arguments", [("--lane", "nowhere"), ("retry", "x"), ("drop",), ("--limit", "0")])
def test_wrong_use_ends_with_two(arguments: tuple[str, ...]) -> None:
    assert run("jobs", *arguments).returncode == 2
