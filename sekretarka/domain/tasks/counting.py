"""What a number of tasks counts."""

from enum import StrEnum


class TaskCount(StrEnum):
    """`to_do` are open and not put off (`service.needing_action`)."""

    TO_DO = "to_do"
