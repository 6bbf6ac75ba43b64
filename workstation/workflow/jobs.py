"""The one background helper: three lanes, cancel tokens, failures visible by default.

Work runs on threads of this module and reports on them; the windows cross into the Qt thread in
`workstation.ui.job_bridge`, nowhere else.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from enum import IntEnum
from typing import Any, Generic, TypeVar

from workstation.domain.errors import Cancelled

T = TypeVar("T")


class Lane(IntEnum):
    """Who waits for it. A lower lane never runs while a higher one has work waiting."""

    INTERACTION = 0
    VISIBLE = 1
    PREFETCH = 2


class CancelToken:
    """Asked by the work at every point where it may stop."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked."""
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` once asked."""
        if self._event.is_set():
            raise Cancelled("The work was cancelled.")

    def wait(self, seconds: float) -> bool:
        """Sleep that ends at once when cancelled; True when it was."""
        return self._event.wait(seconds)


class Job(Generic[T]):
    """One piece of submitted work."""

    def __init__(
        self,
        work: Callable[[CancelToken], T],
        on_done: Callable[[T], None] | None,
        on_failed: Callable[[BaseException], None] | None,
    ) -> None:
        self.token = CancelToken()
        self.finished = threading.Event()
        self._work = work
        self._on_done = on_done
        self._on_failed = on_failed

    def cancel(self) -> None:
        """Stop it where it stands, or never start it. No callback follows."""
        self.token.cancel()

    def run(self, unhandled: Callable[[BaseException], None]) -> None:
        """Do the work on the calling thread and report."""
        try:
            if self.token.cancelled:
                return
            result = self._work(self.token)
        except Cancelled:
            return
        except BaseException as error:  # noqa: BLE001 - handed on: a failure is never silent
            if not self.token.cancelled:
                (self._on_failed or unhandled)(error)
        else:
            if self._on_done is not None and not self.token.cancelled:
                self._on_done(result)
        finally:
            self.finished.set()


class Jobs:
    """Threads that take the most urgent work first.

    `unhandled` receives the failures of work that was given no `on_failed`.
    """

    def __init__(self, unhandled: Callable[[BaseException], None], threads: int = 3) -> None:
        self._unhandled = unhandled
        self._queue: list[tuple[int, int, Job[Any]]] = []
        self._order = itertools.count()
        self._condition = threading.Condition()
        self._closing = False
        self._running: set[Job[Any]] = set()
        # The first thread takes interactive work only, so that a click never waits for a prefetch.
        self._threads = [
            threading.Thread(
                target=self._serve,
                args=(Lane.INTERACTION if index == 0 else Lane.PREFETCH,),
                name=f"job-{index}",
                daemon=True,
            )
            for index in range(max(2, threads))
        ]
        for thread in self._threads:
            thread.start()

    def submit(
        self,
        work: Callable[[CancelToken], T],
        *,
        lane: Lane = Lane.VISIBLE,
        on_done: Callable[[T], None] | None = None,
        on_failed: Callable[[BaseException], None] | None = None,
    ) -> Job[T]:
        """Queue `work`; the callbacks run on a job thread."""
        job = Job(work, on_done, on_failed)
        with self._condition:
            if self._closing:
                job.cancel()
                job.finished.set()
                return job
            heapq.heappush(self._queue, (int(lane), next(self._order), job))
            self._condition.notify_all()
        return job

    def waits(self, above: Lane) -> bool:
        """Whether work of a more urgent lane is queued: long work makes way for it."""
        with self._condition:
            return bool(self._queue) and self._queue[0][0] < above

    def _serve(self, slowest: Lane) -> None:
        while True:
            with self._condition:
                while not self._closing and not (self._queue and self._queue[0][0] <= slowest):
                    self._condition.wait()
                if self._closing:
                    return
                job = heapq.heappop(self._queue)[2]
                self._running.add(job)
            try:
                job.run(self._unhandled)
            finally:
                with self._condition:
                    self._running.discard(job)
                # Waiting for the next one, a thread keeps nothing of this one.
                del job

    def close(self, timeout: float = 10.0) -> None:
        """Cancel everything and wait for the threads."""
        with self._condition:
            self._closing = True
            for _, _, job in self._queue:
                job.cancel()
                job.finished.set()
            self._queue.clear()
            for job in self._running:
                job.cancel()
            self._condition.notify_all()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout)
