"""Foreign pixel data is decoded in worker processes with limits: a codec that dies, hangs or eats
memory takes one worker with it and nothing else."""

from __future__ import annotations

import multiprocessing
import queue
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.domain.errors import ReaderError, UndecodablePixels

_MEGABYTE = 1 << 20


def _limit_memory(megabytes: int) -> None:
    """Address space of this process; where the platform has no such limit, none is set."""
    try:
        import resource
    except ImportError:
        return
    limit = megabytes * _MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _serve(pipe: Connection, megabytes: int) -> None:
    """A worker: (source, frame number) in; (array, None) or (None, sentences) out."""
    from workstation.dicom.decoding import PixelReader, open_pixels

    _limit_memory(megabytes)
    last: tuple[object, PixelReader] | None = None
    while True:
        try:
            request = pipe.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        source, token, number = request
        try:
            # A cine is asked for frame after frame: its data set is read once.
            if last is None or last[0] != token or token is None:
                last = (token, open_pixels(source))
            answer: tuple[Any, Any] = (np.ascontiguousarray(last[1].frame(number)), None)
        except ReaderError as error:
            answer = (None, (error.happened, error.means, error.remedy))
        except MemoryError:
            last = None
            answer = (None, ("The image needs more memory than one image may take.", "", ""))
        except Exception as error:  # noqa: BLE001 - reported by name to the parent, never lost
            answer = (None, (f"Broken pixel data: {type(error).__name__} while reading.", "", ""))
        pipe.send(answer)


class _Worker:
    def __init__(self, megabytes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(
            target=_serve, args=(theirs, megabytes), name="nocturne-decoder", daemon=True
        )
        self.process.start()
        theirs.close()
        self.holds: object = None

    def end(self) -> None:
        self.pipe.close()
        if self.process.is_alive():
            self.process.kill()
        self.process.join(5)
        self.process.close()


class Sandbox:
    """A few decoder processes. `decode` may be called from several threads."""

    def __init__(self, workers: int = 2, memory_mb: int = 4096, seconds: float = 20.0) -> None:
        self._memory_mb = memory_mb
        self._seconds = seconds
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(max(1, workers)):
            self._idle.put(None)  # started when first needed
        self._lock = threading.Lock()
        self._closed = False
        self._alive: set[_Worker] = set()

    def decode(self, source: bytes | Path, frame: int, *, token: object = None) -> NDArray[Any]:
        """Stored values of a frame counted from 1. `token` names the source: frames of the same
        token after one another are read without parsing it again."""
        worker = self._take()
        try:
            worker.pipe.send((source, token, frame))
            if not worker.pipe.poll(self._seconds):
                raise UndecodablePixels(
                    f"The image could not be decoded within {self._seconds:.0f} s.",
                    remedy="Ask the site to send it again.",
                )
            array, problem = worker.pipe.recv()
        except UndecodablePixels:
            self._drop(worker)
            raise
        except (EOFError, OSError) as error:
            self._drop(worker)
            raise UndecodablePixels(
                "The decoder died on this image.", remedy="Ask the site to send it again."
            ) from error
        self._idle.put(worker)
        if problem is not None:
            raise UndecodablePixels(problem[0], means=problem[1], remedy=problem[2])
        array.flags.writeable = False
        return array

    def _take(self) -> _Worker:
        held = self._idle.get()
        with self._lock:
            if self._closed:
                self._idle.put(held)
                raise UndecodablePixels("The program is closing.")
            if held is None:
                try:
                    held = _Worker(self._memory_mb)
                except BaseException:
                    self._idle.put(None)
                    raise
                self._alive.add(held)
        return held

    def _drop(self, worker: _Worker) -> None:
        with self._lock:
            self._alive.discard(worker)
        worker.end()
        self._idle.put(None)

    def close(self) -> None:
        """End all workers; a `decode` under way fails."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            workers = list(self._alive)
            self._alive.clear()
        for worker in workers:
            worker.end()
