"""Sole owner of the stored pixels of frames: read-only arrays within a budget of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from workstation.domain.errors import NotFoundOnService, ReaderError, StoreDamaged
from workstation.domain.image import FrameKey
from workstation.workflow.jobs import CancelToken, Job, Jobs, Lane


class ObjectBytes(Protocol):
    """Where the bytes of an instance come from."""

    def read(self, sop_uid: str) -> bytes:
        """The Part 10 bytes of an instance."""


class Decoder(Protocol):
    """Turns Part 10 bytes into the stored values of one frame, away from this process."""

    def decode(self, source: bytes | Path, frame: int, *, token: object = None) -> NDArray[Any]:
        """Frames count from 1; UndecodablePixels names the reason."""


class _Waiting:
    """A frame that somebody asked for."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.callbacks: list[Callable[[FrameKey], None]] = []
        self.jobs: list[Job[None]] = []


class FrameCache:
    """Frames by key, the least recently used dropped first.

    A frame that failed stays failed, with its sentence in `problem`, until `study_grew` when the
    disk was at fault. Callbacks run on a job thread.
    """

    def __init__(
        self, store: ObjectBytes, decoder: Decoder, jobs: Jobs, budget_bytes: int = 512 << 20
    ) -> None:
        self._store = store
        self._decoder = decoder
        self._jobs = jobs
        self._budget = budget_bytes
        self._lock = threading.Lock()
        self._frames: OrderedDict[FrameKey, NDArray[Any]] = OrderedDict()
        #: views into a volume that is loaded: its memory is not counted twice
        self._lent: dict[FrameKey, NDArray[Any]] = {}
        self._used = 0
        self._problems: dict[FrameKey, ReaderError] = {}
        self._waiting: dict[FrameKey, _Waiting] = {}
        #: frames that a thread decodes now; the event tells that it is done
        self._decoding: dict[FrameKey, threading.Event] = {}
        self._ahead: list[Job[None]] = []

    @property
    def used_bytes(self) -> int:
        """Memory of the frames that are held."""
        with self._lock:
            return self._used

    def peek(self, key: FrameKey) -> NDArray[Any] | None:
        """The frame if it is held; never waits."""
        with self._lock:
            return self._held(key)

    def problem(self, key: FrameKey) -> ReaderError | None:
        """Why the frame cannot be shown, once that is known."""
        with self._lock:
            return self._problems.get(key)

    def study_grew(self) -> None:
        """Objects were fetched, perhaps again: what this disk could not give is worth another try.
        What could not be decoded stays so, since the same bytes would fail in the same way."""
        with self._lock:
            self._problems = {
                key: problem
                for key, problem in self._problems.items()
                if not isinstance(problem, StoreDamaged | NotFoundOnService)
            }

    def fetch(self, key: FrameKey) -> NDArray[Any]:
        """The frame, decoded on this thread when it is not held; for background threads.

        Raises what the store or the decoder raised, also the second time.
        """
        while True:
            with self._lock:
                held = self._held(key)
                problem = self._problems.get(key)
                running = self._decoding.get(key)
                if held is None and problem is None and running is None:
                    done = self._decoding[key] = threading.Event()
                    break
            if held is not None:
                return held
            if problem is not None:
                raise problem
            if running is not None:
                # Decoding it twice would take the processor from the next.
                running.wait()
        try:
            frame = self._decoded(key)
        except ReaderError as error:
            self._end(key, done, error)
            raise
        except BaseException:
            with self._lock:
                del self._decoding[key]
            done.set()
            raise
        self._end(key, done, None)
        return frame

    def _held(self, key: FrameKey) -> NDArray[Any] | None:
        """The frame if it is held; for who has the lock."""
        found = self._lent.get(key)
        if found is None:
            found = self._frames.get(key)
            if found is not None:
                self._frames.move_to_end(key)
        return found

    def _end(self, key: FrameKey, done: threading.Event, problem: ReaderError | None) -> None:
        """A frame is held or has failed: whoever asked for it is told, once."""
        with self._lock:
            if problem is not None:
                self._problems[key] = problem
            del self._decoding[key]
            waiting = self._waiting.pop(key, None)
        done.set()
        if waiting is not None:
            for callback in waiting.callbacks:
                callback(key)

    def _decoded(self, key: FrameKey) -> NDArray[Any]:
        content = self._store.read(key.sop_instance_uid)
        frame = self._decoder.decode(content, key.frame_number, token=key.sop_instance_uid)
        if frame.flags.writeable:
            frame = frame.view()
            frame.flags.writeable = False
        self._keep(key, frame)
        return frame

    def request(
        self,
        key: FrameKey,
        lane: Lane = Lane.VISIBLE,
        on_ready: Callable[[FrameKey], None] | None = None,
    ) -> None:
        """Have the frame decoded; `on_ready(key)` follows when it is held or has failed."""
        with self._lock:
            ready = key in self._frames or key in self._lent or key in self._problems
            if not ready:
                waiting = self._waiting.get(key)
                urgent = waiting is None or lane < waiting.lane
                if waiting is None:
                    waiting = self._waiting[key] = _Waiting(lane)
                waiting.lane = min(lane, waiting.lane)
                if on_ready is not None and on_ready not in waiting.callbacks:
                    waiting.callbacks.append(on_ready)
                if not urgent or key in self._decoding:
                    # Who decodes it tells all that wait.
                    return
        if ready:
            if on_ready is not None:
                on_ready(key)
            return
        job = self._jobs.submit(lambda token: self._work(key, token), lane=lane)
        with self._lock:
            held = self._waiting.get(key)
            if held is not None:
                held.jobs.append(job)

    def prefetch(self, keys: Sequence[FrameKey]) -> None:
        """Decode these next, nearest first; what was asked for before by `prefetch` is dropped."""
        with self._lock:
            stale, self._ahead = self._ahead, []
            wanted = [
                key
                for key in keys
                if not any(
                    key in held
                    for held in (self._frames, self._lent, self._problems, self._decoding)
                )
            ]
        for job in stale:
            job.cancel()
        fresh = [self._jobs.submit(self._fetcher(key), lane=Lane.PREFETCH) for key in wanted]
        with self._lock:
            self._ahead += fresh

    def lend(self, key: FrameKey, view: NDArray[Any]) -> None:
        """A loaded volume holds the frame: its slice stands for the frame from now on."""
        seen = view.view()
        seen.flags.writeable = False
        with self._lock:
            self._lent[key] = seen
            dropped = self._frames.pop(key, None)
            if dropped is not None:
                self._used -= dropped.nbytes

    def take_back(self, keys: Iterable[FrameKey]) -> None:
        """The volume that lent these is gone."""
        with self._lock:
            for key in keys:
                self._lent.pop(key, None)

    def _fetcher(self, key: FrameKey) -> Callable[[CancelToken], None]:
        return lambda token: self._quietly(key, token)

    def _quietly(self, key: FrameKey, token: CancelToken) -> None:
        """A prefetch that fails is told when the frame is looked at."""
        if not token.cancelled and self.problem(key) is None:
            try:
                self.fetch(key)
            except ReaderError:
                return

    def _work(self, key: FrameKey, token: CancelToken) -> None:
        self._quietly(key, token)
        with self._lock:
            waiting = self._waiting.pop(key, None)
        if waiting is not None:
            for callback in waiting.callbacks:
                callback(key)

    def _keep(self, key: FrameKey, frame: NDArray[Any]) -> None:
        with self._lock:
            if key in self._lent:
                return
            former = self._frames.pop(key, None)
            if former is not None:
                self._used -= former.nbytes
            self._frames[key] = frame
            self._used += frame.nbytes
            # The newest stays even when it alone is larger than the budget: it is being looked at.
            while self._used > self._budget and len(self._frames) > 1:
                _, dropped = self._frames.popitem(last=False)
                self._used -= dropped.nbytes
