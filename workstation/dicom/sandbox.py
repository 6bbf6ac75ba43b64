"""Foreign pixel data is decoded in worker processes with limits: a codec that dies, hangs or eats
memory takes one worker with it and nothing else."""

from __future__ import annotations

import multiprocessing
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.dicom import shared_page
from workstation.dicom.decoding import PixelReader, open_pixels
from workstation.dicom.part10 import EXPLICIT, IMPLICIT, declared_syntax
from workstation.dicom.transfer_syntaxes import is_video
from workstation.domain.errors import ReaderError, UndecodablePixels

_MEGABYTE = 1 << 20
_AGAIN = "Ask the site to send it again."


def _limit_memory(megabytes: int) -> None:
    """Address space of this process, and no core file that would hold patient data.

    Where the platform has no such limit (Windows), the time limit and the size caps of the header
    remain.
    """
    try:
        import resource
    except ImportError:
        return
    limit = megabytes * _MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _serve(pipe: Connection, megabytes: int, shares: bool) -> None:
    """A worker. In: (source, its length where it lies in the shared page, or None for the one
    before; frame number). Out: (shape, type, whether the values lie in the shared page) and then
    the bytes if they do not, or (None, sentences, False)."""
    page = shared_page.taken(pipe) if shares else None
    _limit_memory(megabytes)
    reader: PixelReader | None = None
    array: NDArray[Any] | None = None
    while True:
        try:
            source, number = pipe.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        array, problem = None, ("", "", "")
        try:
            # A cine is asked for frame after frame: its header is read once.
            if source is not None:
                reader = None
                if isinstance(source, int) and page is not None:
                    source = page.get(source)
                reader = open_pixels(source)
            if reader is None:
                raise UndecodablePixels("The image could not be opened.", remedy=_AGAIN)
            array = np.ascontiguousarray(reader.shown(number))
        except ReaderError as error:
            problem = (error.happened, error.means, error.remedy)
        except MemoryError:
            problem = ("The image needs more memory than one image may take.", "", _AGAIN)
        except Exception as error:  # noqa: BLE001 - reported by name to the parent, never lost
            problem = (f"Broken pixel data: {type(error).__name__} while reading.", "", _AGAIN)
        try:
            if array is None:
                pipe.send((None, problem, False))
            else:
                held = array.data.cast("B") if array.size else b""
                lies = page is not None and page.put(held)
                pipe.send((array.shape, array.dtype.str, lies))
                if not lies:
                    pipe.send_bytes(held)
        except (OSError, KeyboardInterrupt):
            return


class _Worker:
    """One process. `holds` is what its reader has open."""

    def __init__(self, megabytes: int) -> None:
        # Spawned, not forked: the parent has Qt's threads.
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._page = shared_page.made()
        self._process = context.Process(
            target=_serve,
            args=(theirs, megabytes, self._page is not None),
            name="nocturne-decoder",
            daemon=True,
        )
        self._process.start()
        theirs.close()
        if self._page is not None:
            assert self._process.pid is not None
            self._page.hand_to(self._pipe, self._process.pid)
        self.holds: object = None

    def ask(
        self, source: bytes | Path, key: object, frame: int, seconds: float
    ) -> tuple[NDArray[Any] | None, tuple[str, str, str]]:
        """(array, no problem) or (None, problem); TimeoutError, EOFError or OSError when the
        worker is of no more use."""
        known = self.holds is not None and same(self.holds, key)
        self.holds = key
        sent: bytes | Path | int | None = None if known else source
        if self._page is not None and isinstance(sent, bytes) and self._page.put(sent):
            sent = len(sent)
        self._pipe.send((sent, frame))
        if not self._pipe.poll(seconds):
            raise TimeoutError
        shape, told, lies = self._pipe.recv()
        if shape is None:
            self.holds = None
            return None, told
        array = np.empty(shape, np.dtype(told))
        if lies and self._page is not None:
            self._page.fill(array)
        elif array.size:
            self._pipe.recv_bytes_into(array.data.cast("B"))
        else:
            self._pipe.recv_bytes()
        return array, ("", "", "")

    def kill(self) -> None:
        """End the process; whoever waits for its answer sees the end of the pipe."""
        self._process.kill()

    def end(self) -> None:
        """Kill, and free what the parent holds. Called once, by who owns the worker."""
        self._process.kill()
        self._process.join(5)
        self._pipe.close()
        self._process.close()
        if self._page is not None:
            self._page.close()


def same(held: object, key: object) -> bool:
    """Whether two keys name one source; bytes only by identity, comparing them costs too much."""
    return held is key or (not isinstance(key, bytes) and held == key)


def _plain(source: bytes | Path, frame: int, syntax: str) -> NDArray[Any] | None:
    """A frame that no codec touches, read here: sending it to a worker and back takes longer than
    all else. Headers are read in this process anyway. None where it is for a worker, also to say
    what is wrong with it."""
    if syntax not in (IMPLICIT, EXPLICIT):
        return None
    try:
        reader = open_pixels(source)
        made = np.ascontiguousarray(reader.shown(frame)) if reader.is_plain else None
    except Exception:  # noqa: BLE001 - the worker meets it again, and tells it
        return None
    if made is not None:
        made.flags.writeable = False
    return made


class Sandbox:
    """A few decoder processes. `decode` may be called from several threads; it waits where all
    workers are busy.

    `memory_mb` limits the address space of each worker, `seconds` one frame.
    """

    def __init__(self, workers: int = 2, memory_mb: int = 4096, seconds: float = 20.0) -> None:
        self._memory_mb = memory_mb
        self._seconds = seconds
        self._changed = threading.Condition()
        self._free = max(1, workers)  # workers that may still be started
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._closed = False
        self._clips = threading.Lock()

    def decode(self, source: bytes | Path, frame: int, *, token: object = None) -> NDArray[Any]:
        """Stored values of a frame counted from 1, colours as they are shown, read-only;
        UndecodablePixels with the reason.

        `token` names the source where the bytes are read anew for each call: frames of one source
        after one another are then decoded without sending and parsing it again.
        """
        # A path is never opened in this process: what lies there may not even end.
        syntax = declared_syntax(source) if isinstance(source, bytes) else ""
        plain = None if self._is_closed() else _plain(source, frame, syntax)
        if plain is not None:
            return plain
        if is_video(syntax):
            # A clip is decoded from frame to frame: two workers would both do all of it.
            with self._clips:
                return self._decode(source, frame, source if token is None else token)
        return self._decode(source, frame, source if token is None else token)

    def _decode(self, source: bytes | Path, frame: int, key: object) -> NDArray[Any]:
        worker = self._take(key)
        try:
            array, problem = worker.ask(source, key, frame, self._seconds)
        except TimeoutError as error:
            self._replace(worker)
            raise UndecodablePixels(
                f"The image could not be decoded within {self._seconds:g} s.", remedy=_AGAIN
            ) from error
        except (EOFError, OSError) as error:
            self._replace(worker)
            if self._is_closed():
                raise UndecodablePixels("The program is closing.") from error
            raise UndecodablePixels("The decoder died on this image.", remedy=_AGAIN) from error
        except BaseException:
            self._replace(worker)
            raise
        self._give(worker)
        if array is None:
            raise UndecodablePixels(problem[0], means=problem[1], remedy=problem[2])
        array.flags.writeable = False
        return array

    def _take(self, key: object) -> _Worker:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._idle or self._free)
            if self._closed:
                raise UndecodablePixels("The program is closing.")
            if self._idle:
                fitting = (each for each in self._idle if same(each.holds, key))
                worker = next(fitting, self._idle[-1])
                self._idle.remove(worker)
                self._busy.add(worker)
                return worker
            self._free -= 1
        return self._begun()

    def _begun(self) -> _Worker:
        """A worker in the place that was taken from `_free`, counted as busy."""
        try:
            worker = _Worker(self._memory_mb)
        except BaseException:
            with self._changed:
                self._free += 1
                self._changed.notify()
            raise
        with self._changed:
            self._busy.add(worker)
            if self._is_closed():
                worker.kill()
        return worker

    def _is_closed(self) -> bool:
        return self._closed

    def _give(self, worker: _Worker) -> None:
        with self._changed:
            self._busy.discard(worker)
            if not self._closed:
                self._idle.append(worker)
                self._changed.notify()
                return
        worker.end()

    def _replace(self, worker: _Worker) -> None:
        worker.end()
        with self._changed:
            self._busy.discard(worker)
            self._free += 1
            self._changed.notify()

    def start(self) -> None:
        """Start all workers in the background, so that the first image need not wait for them."""
        with self._changed:
            missing, self._free = (0, 0) if self._closed else (self._free, 0)
        for _ in range(missing):
            threading.Thread(target=self._add, name="decoder-start", daemon=True).start()

    def _add(self) -> None:
        try:
            worker = self._begun()
        except OSError:
            # No process can be started: the next image meets it again, and its caller is told.
            return
        self._give(worker)

    def close(self) -> None:
        """End all workers; a `decode` under way fails. May be called again."""
        with self._changed:
            self._closed = True
            idle, self._idle = self._idle, []
            for worker in self._busy:
                worker.kill()
            self._changed.notify_all()
        for worker in idle:
            worker.end()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
