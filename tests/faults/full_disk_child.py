"""A workstation whose files may not grow: `python full_disk_child.py HOME`; tells what happened.

RLIMIT_FSIZE makes the write calls of this process fail with EFBIG, as a quota does, without root
and without a file system of its own. Prints one JSON document.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.faults.home import home_at, task_of, templates_at, typed
from workstation.domain.clock import utc_now
from workstation.domain.errors import ReaderError
from workstation.workflow.reporting import Reporting

STUDY = "1.2.3.4"


def limit(size: int) -> None:
    """The longest file that may be written; -1 for no limit."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard if size < 0 else size, hard))


def refused(work: Callable[[], object]) -> dict[str, str]:
    """The sentence with which it was refused; empty where it was not."""
    try:
        work()
    except ReaderError as error:
        return {"kind": type(error).__name__, "happened": error.happened, "remedy": error.remedy}
    return {}


def main() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    folder = Path(sys.argv[1])
    said: dict[str, object] = {}
    with home_at(folder) as home:
        reporting = Reporting(home.drafts, templates_at(folder / "templates"), utc_now)
        report = reporting.open(task_of(STUDY, "1.2.3.900"), None)
        reporting.edit(report.identifier, typed(report, "Before."))
        reporting.flush()
        home.store.put(STUDY, "1.5", "1.5.1", "1.9", b"small")
        limit(4096)
        said["image"] = refused(
            lambda: home.store.put(STUDY, "1.5", "1.5.2", "1.9", bytes(100_000))
        )
        reporting.edit(report.identifier, typed(report, "While it is full."))
        said["draft"] = refused(reporting.flush)
        problem = reporting.problem(report.identifier)
        said["shown"] = problem.happened if problem else ""
        said["on screen"] = str(reporting.current(report.identifier).sections)
        said["on disk"] = str(home.drafts.load(STUDY))
        limit(-1)
        said["image later"] = refused(
            lambda: home.store.put(STUDY, "1.5", "1.5.2", "1.9", bytes(100_000))
        )
        said["draft later"] = refused(reporting.flush)
        said["on disk later"] = str(home.drafts.load(STUDY))
        said["images"] = {uid: len(home.store.read(uid)) for uid in home.store.uids(STUDY)}
        reporting.close()
    print(json.dumps(said))  # noqa: T201


if __name__ == "__main__":
    main()
