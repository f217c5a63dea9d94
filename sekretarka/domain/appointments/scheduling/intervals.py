"""Sets of whole minutes as sorted half-open intervals that neither overlap nor touch."""

from collections.abc import Iterable, Sequence

Interval = tuple[int, int]
Intervals = list[Interval]


def union(*sets: Iterable[Interval]) -> Intervals:
    """Everything that is in any of them; the only function that takes intervals in any order."""
    merged: Intervals = []
    for start, end in sorted(interval for one in sets for interval in one):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def intersect(one: Sequence[Interval], other: Sequence[Interval]) -> Intervals:
    """What is in both."""
    common: Intervals = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            common.append((start, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return common


def subtract(one: Sequence[Interval], other: Sequence[Interval]) -> Intervals:
    """What is in the first and not in the second."""
    left: Intervals = []
    j = 0
    for begin, end in one:
        start = begin
        while j < len(other) and other[j][1] <= start:
            j += 1
        k = j
        while k < len(other) and other[k][0] < end:
            if start < other[k][0]:
                left.append((start, other[k][0]))
            start = max(start, other[k][1])
            k += 1
        if start < end:
            left.append((start, end))
    return left


def covers(one: Sequence[Interval], start: int, end: int) -> bool:
    """Whether all of `start` to `end` is in it."""
    return any(begin <= start and end <= finish for begin, finish in one)
