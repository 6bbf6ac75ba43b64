"""`pytest --slow-jobs SEED`: every job and every call into the Qt thread comes late.

A test that asserts at once what a job brings passes on an idle machine and fails on a busy one.
With this option jobs wait a random while before and after their work, and queued calls reach the
Qt thread late, in their order: whoever waits for the condition still passes. Threads share the
random numbers, so that a seed gives a spread of delays, not the same run twice.
"""

from __future__ import annotations

import random
import time
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

import pytest

from workstation.workflow.jobs import CancelToken, Job, Jobs, Lane

#: Seconds before a job starts, and again before it reports.
SLOWEST = {Lane.INTERACTION: 0.3, Lane.VISIBLE: 0.3, Lane.PREFETCH: 0.05}

#: Seconds until a call that was posted runs in the Qt thread.
SLOWEST_CALL = 0.15


def make_slow(patch: pytest.MonkeyPatch, seed: int) -> None:
    """Delay all jobs and calls until `patch` is undone."""
    chance = random.Random(seed)
    _delay_jobs(patch, chance)
    _delay_calls(patch, chance)


def _delay_jobs(patch: pytest.MonkeyPatch, chance: random.Random) -> None:
    submit = Jobs.submit

    def late(self: Jobs, work: Callable[[CancelToken], Any], **how: Any) -> Job[Any]:
        slowest = SLOWEST[how.get("lane", Lane.VISIBLE)]

        def delayed(token: CancelToken) -> Any:
            token.wait(chance.uniform(0, slowest))
            token.raise_if_cancelled()
            made = work(token)
            token.wait(chance.uniform(0, slowest))
            return made

        return submit(self, delayed, **how)

    patch.setattr(Jobs, "submit", late)


def _delay_calls(patch: pytest.MonkeyPatch, chance: random.Random) -> None:
    from PySide6.QtCore import QTimer, Slot

    from workstation.ui.job_bridge import JobBridge

    run = JobBridge._run
    waiting: weakref.WeakKeyDictionary[JobBridge, deque[Callable[[], None]]] = (
        weakref.WeakKeyDictionary()
    )
    last: weakref.WeakKeyDictionary[JobBridge, float] = weakref.WeakKeyDictionary()

    @Slot(object)
    def late(self: JobBridge, call: Callable[[], None]) -> None:
        now = time.monotonic()
        due = max(last.get(self, now), now + chance.uniform(0, SLOWEST_CALL))
        last[self] = due
        waiting.setdefault(self, deque()).append(call)
        # each timer takes the oldest call, so that no call overtakes another
        QTimer.singleShot(
            round((due - now) * 1000), self, lambda: run(self, waiting[self].popleft())
        )

    patch.setattr(JobBridge, "_run", late)
