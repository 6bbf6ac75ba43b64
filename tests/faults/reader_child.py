"""A workstation that is killed: `python reader_child.py HOME URL`, told of its lives on stdin.

The process imports everything once and forks one workstation for each line
"PHASE KIND NUMBER STUDY". That one works on the home folder through the reading of the study, as
far as it is not done, and stops for good at the numbered point of the given phase and kind: before
each SQL statement that may write, before and after each request and each fsync. It says so and
waits to be killed. Where the phase has fewer points it ends with the phase; the phase "none" reads
the case to its end and tells how many points each phase has. Whatever the program promised goes to
stdout at once.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.faults.home import READER, typed
from workstation.bootstrap.assembly import assemble
from workstation.dicom import kos, sr  # noqa: F401 - imported before the fork: it takes a second
from workstation.domain.delivery import DeliveryState
from workstation.domain.report import SectionKind
from workstation.domain.study import RetrievalState
from workstation.services.endpoint import BasicLogin, Endpoint
from workstation.services.wire import Wire
from workstation.settings import Home, Settings
from workstation.storage.database import Database
from workstation.workflow.workbench import Workbench

SAVES = 4
PATIENCE = 30.0


class Points:
    """Counts the points of the present phase, and stops for good at the chosen one."""

    def __init__(self, phase: str, kind: str, number: int) -> None:
        self._phase, self._kind, self._number = phase, kind, number
        self._lock = threading.Lock()
        self.phase = ""
        self.seen: Counter[str] = Counter()

    def here(self, kind: str, what: str) -> None:
        """One point, of a kind: sql, request, image or fsync."""
        if not self.phase:
            return
        with self._lock:
            self.seen[self.phase] += 1
            if self.phase != self._phase or self._kind not in ("any", kind):
                return
            self._number -= 1
            if self._number == 0:
                tell("point", self.phase, kind, what.replace("\n", " "))
                threading.Event().wait()

    def install(self) -> None:
        """Put the points where the program writes and sends."""
        make, request, parts, fsync = Database.__init__, Wire.request, Wire.parts, os.fsync

        def database(held: Database, path: Path) -> None:
            make(held, path)
            held._writer.set_trace_callback(lambda said: self.here("sql", said[:30]))

        def around(call: Callable[..., Any], name: str) -> Callable[..., Any]:
            def wrapped(*arguments: Any, **named: Any) -> Any:
                self.here(name, "before")
                result = call(*arguments, **named)
                self.here(name, "after")
                return result

            return wrapped

        Database.__init__ = database  # type: ignore[method-assign]
        Wire.request = around(request, "request")  # type: ignore[method-assign]
        Wire.parts = around(parts, "image")  # type: ignore[method-assign]
        os.fsync = around(fsync, "fsync")


def tell(*words: str) -> None:
    """One line to the parent, whole: it is shorter than a pipe takes at once."""
    os.write(1, (" ".join(words) + "\n").encode())


def wait_for(
    listen: Callable[[Callable[..., None]], Callable[[], None]], done: Callable[[], bool]
) -> None:
    changed = threading.Event()
    end = listen(lambda *_about: changed.set())
    try:
        while not done():
            if not changed.wait(PATIENCE):
                raise TimeoutError("nothing happened")
            changed.clear()
    finally:
        end()


def read_the_case(bench: Workbench, points: Points, study_uid: str, last: str) -> None:
    """Claim, retrieve, type, sign, deliver: each as far as it is not done, none after `last`."""
    bench.delivering.recover()
    signed = {each.study_instance_uid for each in bench.delivering.entries()}
    if study_uid not in signed and not prepare(bench, points, study_uid, last):
        return
    points.phase = "deliver"
    bench.delivering.start()
    wait_for(
        bench.delivering.listen,
        lambda: all(e.state is DeliveryState.DELIVERED for e in bench.delivering.entries()),
    )
    bench.delivering.stop()
    points.phase = ""
    tell("delivered")


def prepare(bench: Workbench, points: Points, study_uid: str, last: str) -> bool:
    """Up to the signature; False where an earlier phase was the last."""
    bench.worklist.refresh(priors=False)
    task = next(
        row.task for row in bench.worklist.rows() if row.task.study_instance_uid == study_uid
    )
    points.phase = "claim"
    bench.claiming.claim(task)
    if last == points.phase:
        return False
    points.phase = "retrieve"

    def arrived() -> bool:
        progress = bench.retrieving.progress(study_uid)
        return progress is not None and progress.state is RetrievalState.COMPLETE

    bench.retrieving.start(task.service_id, study_uid, urgent=True)
    wait_for(bench.retrieving.listen, arrived)
    if last == points.phase:
        return False
    points.phase = ""
    study = bench.opening.open(study_uid)
    report = bench.reporting.open(task, study)
    tell("found", str(report.revision), report.section(SectionKind.FINDINGS).text)
    points.phase = "type"
    for _ in range(SAVES):
        held = report.section(SectionKind.FINDINGS).text if report.revision else ""
        words = f"{held} Line {report.revision + 1}.".strip()
        report = bench.reporting.edit(report.identifier, typed(report, words, "No fracture."))
        bench.reporting.flush()
        tell("saved", str(report.revision), words)
    if last == points.phase:
        return False
    points.phase = "sign"
    marks = bench.measuring_for(study_uid)
    context = bench.signing.context(task, study, marks, (), report.template)
    bench.signing.sign(report, context, preliminary=False, reader=bench.reader)
    return last != points.phase


def live(home: Path, url: str, phase: str, kind: str, number: int, study_uid: str) -> int:
    """One life of the workstation, from its start."""

    def unhandled(error: BaseException) -> None:
        traceback.print_exception(error)
        os._exit(3)

    points = Points(phase, kind, number)
    points.install()
    place = Home.at(home)
    settings = Settings(place.settings_file)
    endpoint = Endpoint("night", "Night site", url, BasicLogin("reader", "pw"))
    with assemble(
        place, settings, [endpoint], reader=READER, unhandled=unhandled, background=False
    ) as bench:
        read_the_case(bench, points, study_uid, phase)
    tell("points", *(f"{name}={count}" for name, count in points.seen.items()))
    return 0


def main() -> None:
    home, url = Path(sys.argv[1]), sys.argv[2]
    for line in sys.stdin:
        phase, kind, number, study_uid = line.split()
        child = os.fork()
        if child == 0:
            code = 4
            try:
                code = live(home, url, phase, kind, int(number), study_uid)
            except BaseException:  # noqa: BLE001 - a forked process must not run on
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        tell("born", str(child))
        _, status = os.waitpid(child, 0)
        tell("ended", str(os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    main()
