"""Damaged objects opened in the real window: paged, windowed, zoomed, measured, cut into planes.

`python -m tests.faults.window_mutations [COUNT]` opens 2,000 mutations and the odd files of
shared/data and prints a table. The window runs in a process of its own under a cap on its memory;
a watcher sees when it dies or does not come back within the limit.
"""

from __future__ import annotations

import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from tests.faults.mutations import MEMORY_MB, Outcome, mutations, peak_mb, table
from tests.realdata import root

#: The window may be busy with one case this long in all, gestures and thumbnails included; a single
#: gesture as long as `reading_window.ANSWER_S`.
CASE_S = 30.0
_FAST = Path("/dev/shm")


def odd_files() -> Iterator[tuple[str, str, list[bytes]]]:
    """The odd files of shared/data one by one, its trap series as they are."""
    folder = root()
    if folder is None:
        return
    for path in sorted((folder / "odd").iterdir()):
        yield "odd", path.name, [path.read_bytes()]
    for series in sorted((folder / "series-traps").rglob("*")):
        files = sorted(each for each in series.glob("*.dcm")) if series.is_dir() else []
        if files:
            name = str(series.relative_to(folder))
            yield "series-traps", name, [each.read_bytes() for each in files]


def damaged(count: int) -> Iterator[tuple[str, str, list[bytes]]]:
    """`count` mutations, each a study of its own."""
    for kind, name, content in mutations(count):
        yield kind, name, [content]


def _window(ask: Connection, answer: Connection) -> None:
    """The process with the window. In: the files of a case. Out: what became of it."""
    from tests.faults.reading_window import reading_window

    folder = Path(
        tempfile.mkdtemp(prefix="nocturne-window-", dir=_FAST if _FAST.is_dir() else None)
    )
    try:
        with reading_window(folder) as (window, wrong):
            sys.excepthook = lambda kind, error, _: wrong.append(f"{kind.__name__}: {error}")
            size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
            limit = size * resource.getpagesize() + (MEMORY_MB << 20)
            resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
            answer.send(None)
            while files := ask.recv():
                begun = time.monotonic()
                what, reason = look_at(window, files, wrong)
                answer.send((what, reason, time.monotonic() - begun, peak_mb()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def look_at(window, files: list[bytes], wrong: list[str]) -> tuple[str, str]:  # type: ignore[no-untyped-def]
    """(what became of a case, the sentence or what is wrong with it)."""
    from tests.faults.reading_window import ANSWER_S
    from workstation.domain.errors import ReaderError

    wrong.clear()
    uid = ""
    try:
        uid = window.put(files)
        case = window.show(uid)
        window.try_everything(case)
    except ReaderError as error:
        return "hang", error.happened
    finally:
        if uid:
            window.leave(uid)
    if wrong:
        return "defect", "; ".join(wrong[:3])
    study = case.study
    if study.received != len(files) or study.received != study.shown + len(study.not_shown):
        return "defect", f"received {study.received}, shown {study.shown}, files {len(files)}"
    seen = "\n".join(case.words)
    unsaid = [each.reason for each in study.not_shown if each.reason not in seen]
    if unsaid:
        return "defect", f"not said on the screen: {unsaid[0]}"
    if case.slowest[1] > ANSWER_S:
        return "hang", f"{case.slowest[0]} took {case.slowest[1]:.1f} s"
    said = [each.reason for each in study.not_shown] + case.failures
    if case.pictures:
        return "picture", said[0] if said else ""
    return ("refused", said[0]) if said else ("listed", "")


class Watcher:
    """Holds the process with the window and starts another where it died or hung."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        theirs, self._ask = context.Pipe(duplex=False)
        self._answer, back = context.Pipe(duplex=False)
        self._process = context.Process(target=_window, args=(theirs, back))
        self._process.start()
        theirs.close()
        back.close()
        if not self._answer.poll(120):
            raise TimeoutError("the window did not open")
        self._answer.recv()

    def look_at(self, kind: str, name: str, files: list[bytes]) -> Outcome:
        """Open one case; what died or hung is replaced."""
        try:
            self._ask.send(files)
            if not self._answer.poll(CASE_S):
                self._process.kill()
                self._process.join()
                self._start()
                return Outcome(kind, name, "hang", f"no answer in {CASE_S:.0f} s", CASE_S, 0.0)
            what, reason, seconds, peak = self._answer.recv()
        except (EOFError, BrokenPipeError):
            self._process.join()
            self._start()
            return Outcome(kind, name, "crash", "the window died", 0.0, 0.0)
        return Outcome(kind, name, what, reason, seconds, peak)

    def close(self) -> None:
        """Close the window."""
        self._ask.send([])
        self._process.join(30)
        if self._process.is_alive():
            self._process.kill()


def run(cases: Iterable[tuple[str, str, list[bytes]]], seconds: float = 1e9) -> list[Outcome]:
    """Open the cases one after the other in one window, as many as begin within `seconds`."""
    watcher = Watcher()
    found: list[Outcome] = []
    end = time.monotonic() + seconds
    try:
        for each in cases:
            if time.monotonic() > end:
                break
            found.append(watcher.look_at(*each))
            if found[-1].what in ("defect", "crash", "hang"):
                sys.stderr.write(f"{len(found)} {found[-1]}\n")
    finally:
        watcher.close()
    return found


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    outcomes = run((*odd_files(), *damaged(wanted)))
    sys.stdout.write(table(outcomes) + "\n")
