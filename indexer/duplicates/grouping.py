"""From pairs to groups: values in, values out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

Apart = Callable[[int, int], bool]
"""Whether two must not be in one group."""


def joined(count: int, pairs: Iterable[tuple[int, int]], apart: Apart) -> list[list[int]]:
    """Union-find over 0..count-1: all that pairs connect, but never two that must stay apart."""
    parent = list(range(count))
    members: dict[int, list[int]] = {}

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in pairs:
        one, other = sorted((root(a), root(b)))
        if one == other:
            continue
        ours, theirs = members.get(one, [one]), members.get(other, [other])
        if any(apart(x, y) for x in ours for y in theirs):
            continue
        parent[other] = one
        members[one] = ours + theirs
        members.pop(other, None)
    return [sorted(group) for _, group in sorted(members.items())]


def led(order: Sequence[int], pairs: Iterable[tuple[int, int, float]], apart: Apart) -> list[list[int]]:
    """Groups round a leader: everyone in a group is near its first member, so that likeness never creeps along a chain.

    Leaders are taken in `order`; each joins the free ones next to it, the nearest first.
    """
    near: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for a, b, score in pairs:
        near[a].append((-score, b))
        near[b].append((-score, a))
    taken: set[int] = set()
    groups = []
    for leader in order:
        if leader in taken:
            continue
        group = [leader]
        for _, other in sorted(near[leader]):
            if other not in taken and other not in group and not any(apart(other, member) for member in group):
                group.append(other)
        if len(group) > 1:
            taken.update(group)
            groups.append(group)
    return groups
