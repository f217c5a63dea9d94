"""Every reason to call Studio Lawenda that the sandbox knows."""

from random import Random

from sekretarka.sandbox.ai_service.scenario import Scenario
from sekretarka.sandbox.ai_service.scenarios import appointments, questions, requests, unwanted

ALL: tuple[Scenario, ...] = (*appointments.ALL, *questions.ALL, *requests.ALL, *unwanted.ALL)
_WEIGHTS = [scenario.weight for scenario in ALL]


def choose(rng: Random) -> Scenario:
    """One scenario, by weight."""
    return rng.choices(ALL, _WEIGHTS)[0]
