"""What flows between the parts of the finder: plain frozen values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from indexer.records import Picture

Tier = Literal["identical", "same", "similar"]
"""The same bytes; the same picture saved, resized or edited anew; another picture that looks alike."""

Kind = Literal["copies", "raw+jpeg", "burst"]
"""`copies` are offered; the two others belong together and are never offered as waste."""

BestBy = Literal["size", "sharpness", "date"]


@dataclass(frozen=True, slots=True)
class Group:
    """Two pictures or more, the suggested one first. `reason` says why it is suggested; `how` has a word on each other one."""

    tier: Tier
    kind: Kind
    pictures: tuple[Picture, ...]
    reason: str = ""
    how: tuple[str, ...] = ()

    @property
    def best(self) -> Picture:
        """The one to keep."""
        return self.pictures[0]

    @property
    def spare(self) -> tuple[Picture, ...]:
        """The others; none where the pictures belong together."""
        return self.pictures[1:] if self.kind == "copies" else ()

    def without_hidden(self) -> Group:
        """The pictures that nobody has hidden; without the reason, where the suggested one was."""
        how = ("", *self.how)
        left = [n for n, picture in enumerate(self.pictures) if picture.state != "hidden"]
        return replace(
            self,
            pictures=tuple(self.pictures[n] for n in left),
            reason=self.reason if left[:1] == [0] else "",
            how=tuple(how[n] for n in left[1:]),
        )


@dataclass(frozen=True, slots=True)
class Found:
    """`groups` are offered, narrow tiers first; `together` are recognised as raw+jpeg or burst and are not."""

    groups: tuple[Group, ...]
    together: tuple[Group, ...]

    def of(self, tiers: Collection[Tier]) -> Found:
        """The groups of these tiers alone, without what belongs together."""
        return Found(tuple(group for group in self.groups if group.tier in tiers), ())

    def without_hidden(self) -> Found:
        """What is left to be decided where a person hides what is spare."""
        left = ([group.without_hidden() for group in groups] for groups in (self.groups, self.together))
        return Found(*(tuple(group for group in groups if len(group.pictures) > 1) for groups in left))

    def spare(self) -> list[tuple[Picture, Picture]]:
        """Each picture that could go, once, with the one that stays in its place."""
        # The best of a narrow group may be spare in a wider one. All groups order pictures alike: there is no circle.
        instead = {picture.id: group.best for group in self.groups for picture in group.spare}
        going = {picture.id: picture for group in self.groups for picture in group.spare}

        def stays(picture: Picture) -> Picture:
            while picture.id in instead:
                picture = instead[picture.id]
            return picture

        return [(picture, stays(picture)) for picture in going.values()]
