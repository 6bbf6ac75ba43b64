"""What is still to be fetched of one study, and in which order. Pure bookkeeping, no threads."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from workstation.domain.study import ManifestInstance, NotShown, SeriesProgress

#: Seconds over which the rate is measured.
RATE_SECONDS = 8.0
#: Longest wait between two attempts, seconds.
LONGEST_WAIT = 30.0


def back_off(attempt: int, chance: float | None = None) -> float:
    """Seconds before the next attempt: 0.5, 1, 2 … 30, each spread by ±40 % so that many
    workstations do not come back in step."""
    spread = 0.6 + 0.8 * (random.random() if chance is None else chance)
    return min(LONGEST_WAIT, 0.5 * 2.0 ** min(attempt, 10)) * spread


def fetch_order(
    manifest: Sequence[ManifestInstance], held: Iterable[str]
) -> list[ManifestInstance]:
    """Missing instances in the order of fetching: the first of each series, then the rest as the
    manifest lists them. So every series has its thumbnail early."""
    have = set(held)
    firsts: list[ManifestInstance] = []
    rest: list[ManifestInstance] = []
    begun = {each.series_uid for each in manifest if each.sop_uid in have}
    for each in manifest:
        if each.sop_uid in have:
            continue
        if each.series_uid not in begun:
            begun.add(each.series_uid)
            firsts.append(each)
        else:
            rest.append(each)
    return firsts + rest


@dataclass
class FetchPlan:
    """The counted state of one retrieval. Its owner holds the lock."""

    manifest: tuple[ManifestInstance, ...] = ()
    waiting: deque[ManifestInstance] = field(default_factory=deque)
    in_flight: dict[str, ManifestInstance] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    attempts: dict[str, int] = field(default_factory=dict)
    not_before: dict[str, float] = field(default_factory=dict)
    failures: dict[str, NotShown] = field(default_factory=dict)
    arrivals: deque[tuple[float, int]] = field(default_factory=deque)

    def take_manifest(self, manifest: Sequence[ManifestInstance], held: Mapping[str, str]) -> None:
        """Plan anew from the service's list and what lies on the disk."""
        self.manifest = tuple(manifest)
        self.held = set(held)
        flying = set(self.in_flight)
        self.waiting = deque(
            each for each in fetch_order(manifest, self.held) if each.sop_uid not in flying
        )
        self.failures.clear()
        self.attempts.clear()
        self.not_before.clear()

    def next(self, now: float) -> ManifestInstance | None:
        """The next instance that may be asked for now, moved to `in_flight`."""
        for _ in range(len(self.waiting)):
            each = self.waiting.popleft()
            if self.not_before.get(each.sop_uid, 0.0) <= now:
                self.in_flight[each.sop_uid] = each
                return each
            self.waiting.append(each)
        return None

    def earliest(self) -> float | None:
        """When the next waiting instance may be asked for, or None where none waits."""
        return min((self.not_before.get(each.sop_uid, 0.0) for each in self.waiting), default=None)

    def arrived(self, sop_uid: str, size: int, now: float) -> None:
        """It is on the disk."""
        self.in_flight.pop(sop_uid, None)
        self.held.add(sop_uid)
        self.arrivals.append((now, size))

    def put_back(self, sop_uid: str) -> None:
        """It was stopped in the middle, through no fault of its own: first in line again."""
        each = self.in_flight.pop(sop_uid, None)
        if each is not None:
            self.waiting.appendleft(each)

    def failed(self, sop_uid: str, reason: str, *, limit: int, now: float) -> None:
        """An attempt failed: wait and try again, or list it as a failure after `limit`."""
        each = self.in_flight.pop(sop_uid, None)
        if each is None:
            return
        tried = self.attempts.get(sop_uid, 0) + 1
        self.attempts[sop_uid] = tried
        if tried >= limit:
            self.failures[sop_uid] = NotShown(
                path="",
                sop_instance_uid=sop_uid,
                reason=reason,
                what=each.series_description or each.modality,
                remedy="Fetch it again; tell the site when it stays.",
            )
        else:
            self.not_before[sop_uid] = now + back_off(tried - 1)
            self.waiting.append(each)

    @property
    def done(self) -> bool:
        """Nothing waits and nothing is on its way."""
        return not self.waiting and not self.in_flight

    @property
    def complete(self) -> bool:
        """Every instance of the service's list is on the disk."""
        return bool(self.manifest) and all(each.sop_uid in self.held for each in self.manifest)

    def rate(self, now: float) -> float:
        """Bytes per second over the last seconds."""
        while self.arrivals and now - self.arrivals[0][0] > RATE_SECONDS:
            self.arrivals.popleft()
        if not self.arrivals:
            return 0.0
        span = max(0.5, min(RATE_SECONDS, now - self.arrivals[0][0]))
        return sum(size for _, size in self.arrivals) / span

    def series(self) -> tuple[SeriesProgress, ...]:
        """Arrival by series, in the order of the manifest."""
        first: dict[str, ManifestInstance] = {}
        expected: dict[str, int] = {}
        received: dict[str, int] = {}
        for each in self.manifest:
            first.setdefault(each.series_uid, each)
            expected[each.series_uid] = expected.get(each.series_uid, 0) + 1
            if each.sop_uid in self.held:
                received[each.series_uid] = received.get(each.series_uid, 0) + 1
        return tuple(
            SeriesProgress(
                uid, each.series_description, each.modality, received.get(uid, 0), expected[uid]
            )
            for uid, each in first.items()
        )
