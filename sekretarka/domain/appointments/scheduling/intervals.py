"""Sets of whole minutes as sorted half-open intervals that neither overlap nor touch."""

from collections.abc import Iterable, Sequence

Interval = tuple[int, int]
Intervals = list[Interval]


def union(*sets: Iterable[Interval]) -> Intervals:
    """Everything that is in any of them; the only function here that takes intervals in any order."""
    merged: Intervals = []
    for start, end in sorted(interval for first in sets for interval in first):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def intersect(first: Sequence[Interval], second: Sequence[Interval]) -> Intervals:
    """What is in both."""
    common: Intervals = []
    i = j = 0
    while i < len(first) and j < len(second):
        start, end = max(first[i][0], second[j][0]), min(first[i][1], second[j][1])
        if start < end:
            common.append((start, end))
        if first[i][1] < second[j][1]:
            i += 1
        else:
            j += 1
    return common


def subtract(first: Sequence[Interval], second: Sequence[Interval]) -> Intervals:
    """What is in the first and not in the second."""
    remaining: Intervals = []
    j = 0
    for begin, end in first:
        start = begin
        while j < len(second) and second[j][1] <= start:
            j += 1
        k = j
        while k < len(second) and second[k][0] < end:
            if start < second[k][0]:
                remaining.append((start, second[k][0]))
            start = max(start, second[k][1])
            k += 1
        if start < end:
            remaining.append((start, end))
    return remaining


def covers(first: Sequence[Interval], start: int, end: int) -> bool:
    """Whether all of `start` to `end` lies in one of the intervals."""
    return any(begin <= start and end <= finish for begin, finish in first)
