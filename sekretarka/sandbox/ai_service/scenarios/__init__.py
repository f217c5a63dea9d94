"""Every reason to call Studio Lawenda that the sandbox knows."""

from random import Random

from sekretarka.sandbox.ai_service.scenarios import matters, questions, unwanted, visits
from sekretarka.sandbox.ai_service.script import Scenario

ALL: tuple[Scenario, ...] = (*visits.ALL, *questions.ALL, *matters.ALL, *unwanted.ALL)
_WEIGHTS = [scenario.weight for scenario in ALL]


def choose(rng: Random) -> Scenario:
    """One scenario, by weight."""
    return rng.choices(ALL, _WEIGHTS)[0]
