"""Killed with SIGKILL wherever it writes or sends: nothing promised is lost or comes twice."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.cases import site, study_of
from tests.faults.home import Home, home_at
from workstation.dicom.reading import read_object
from workstation.domain.reading_task import ProcedureStepState
from workstation.local_service.running import RunningService
from workstation.services.endpoint import BasicLogin, Endpoint
from workstation.services.service import ReadingService

CHILD = Path(__file__).with_name("reader_child.py")
#: Cases, each killed at other points, and images of each.
CASES, SLICES = 8, 6
#: No life takes longer, on a machine that does other things too.
#: Encapsulated PDF Storage (PS3.4 B.5): the report as pages.
ENCAPSULATED_PDF = "1.2.840.10008.5.1.4.1.1.104.1"
LIFE_SECONDS = 60.0
PHASES = ("claim", "retrieve", "type", "sign", "deliver")


@dataclass
class Life:
    """What one workstation said before its end."""

    killed_at: str = ""
    exit_code: int = 0
    saved: list[tuple[int, str]] = field(default_factory=list)
    found: tuple[int, str] | None = None
    said: list[str] = field(default_factory=list)
    points: dict[str, int] = field(default_factory=dict)


class Nursery:
    """The process that forks workstations."""

    def __init__(self, home: Path, url: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(CHILD), str(home), url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def live(self, phase: str, kind: str, number: int, study_uid: str) -> Life:
        """One life; killed as soon as it says that it is at the chosen point."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{phase} {kind} {number} {study_uid}\n")
        self._process.stdin.flush()
        watch = threading.Timer(LIFE_SECONDS, self._process.kill)
        watch.start()
        life, pid = Life(), 0
        try:
            for line in self._process.stdout:
                word, _, rest = line.rstrip("\n").partition(" ")
                life.said.append(word)
                if word == "born":
                    pid = int(rest)
                elif word == "point":
                    life.killed_at = rest
                elif word in ("saved", "found"):
                    number_text, _, words = rest.partition(" ")
                    held = (int(number_text), words)
                    if word == "saved":
                        life.saved.append(held)
                    else:
                        life.found = held
                elif word == "points":
                    life.points = {
                        name: int(count)
                        for name, count in (each.split("=") for each in rest.split())
                    }
                elif word == "ended":
                    life.exit_code = int(rest)
                    return life
                if life.killed_at and pid:
                    os.kill(pid, signal.SIGKILL)
        finally:
            watch.cancel()
        raise AssertionError(f"the workstation hung; it had said {life.said}")

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(LIFE_SECONDS)
        self._process.stdout.close()


@contextmanager
def nursery(home: Path, url: str) -> Iterator[Nursery]:
    made = Nursery(home, url)
    try:
        yield made
    finally:
        made.close()


def plan(points: dict[str, int], case: int) -> Iterator[tuple[str, str, int]]:
    """(phase, kind, number) of each kill: over all cases every phase is hit from its first to its
    last point, and hit again soon after the restart."""
    for phase in PHASES:
        last = points[phase]
        yield phase, "any", 1 + case * (last - 1) // (CASES - 1)
        if phase == "retrieve":
            # What arrived stays, so these are early points of what is left.
            yield phase, "fsync", 1 + case % 4
            yield phase, "sql", 3 + case % 6
        elif phase != "claim":
            yield phase, "any", 1 + (3 * case + 1) % last
    yield "deliver", "request", 1 + case
    yield "deliver", "sql", 1 + (5 * case + 2) % 11


def test_wherever_it_is_killed_nothing_is_lost_and_one_report_is_delivered(
    fast_folder: Path,
) -> None:
    rehearsal = fast_folder / "rehearsal"
    with site(rehearsal, 1, SLICES) as running, nursery(rehearsal / "home", running.url) as desk:
        whole = desk.live("none", "any", 0, study_of(0))
    assert whole.exit_code == 0, "a workstation that nobody kills does not get through"
    assert set(whole.points) == set(PHASES), whole.points

    home = fast_folder / "home"
    killed: Counter[str] = Counter()
    promised: dict[str, list[str]] = {}
    with site(fast_folder, CASES, SLICES) as running, nursery(home, running.url) as desk:
        for case in range(CASES):
            study = study_of(case)
            lives = [desk.live(*where, study) for where in plan(whole.points, case)]
            lives.append(desk.live("none", "any", 0, study))
            for life in lives:
                assert life.exit_code == (-signal.SIGKILL if life.killed_at else 0), life
            killed.update(life.killed_at.split()[0] for life in lives if life.killed_at)
            promised[study] = check_drafts(lives)
        assert sum(killed.values()) >= 20, killed
        assert min(killed[phase] for phase in PHASES) >= 4, killed
        with home_at(home, "nocturne.sqlite") as kept:
            for study, lines in promised.items():
                check_report(running, study, lines)
                check_images(kept, running, study)
            assert len(kept.outbox.entries()) == CASES
            assert kept.leases.all() == ()


def check_drafts(lives: list[Life]) -> list[str]:
    """Each start found at least what was acknowledged before; returns every acknowledged line."""
    last: tuple[int, str] = (0, "")
    lines: set[str] = set()
    for life in lives:
        if life.found is not None:
            revision, words = life.found
            assert revision >= last[0], f"draft {last[0]} was saved, {revision} came back"
            assert words.startswith(last[1]), f"{last[1]!r} was saved, {words!r} came back"
        if life.saved:
            last = life.saved[-1]
            lines |= set(re.findall(r"Line \d+\.", last[1]))
    assert len(lines) > 4, "hardly a save was acknowledged: this run proves nothing"
    return sorted(lines)


def check_report(running: RunningService, study: str, promised: list[str]) -> None:
    """Exactly one report is stored, with all that was typed, and the task points at it."""
    stored = running.store.objects.instances(study)
    reports = [each for each in stored if ".88." in each.class_uid]
    assert len(reports) == 1
    # The same report as pages, and once.
    assert len([each for each in stored if each.class_uid == ENCAPSULATED_PDF]) == 1
    service = ReadingService(Endpoint("night", "Night", running.url, BasicLogin("reader", "pw")))
    try:
        (held,) = reports
        received = read_object(service.fetch(study, held.series_uid, held.uid))
        text = str(received.document)
        assert [line for line in promised if line not in text] == []
        (uid,) = running.store.workitems.of_study(study)
        assert service.get(uid).state is ProcedureStepState.COMPLETED
        assert f'"{held.uid}"' in str(running.store.workitems.get(uid)).replace("'", '"')
    finally:
        service.close()


def check_images(kept: Home, running: RunningService, study: str) -> None:
    """Every image that the index names is whole and the same as at the site; no draft is left."""
    uids = kept.store.uids(study)
    sent = {
        each.uid: each
        for each in running.store.objects.instances(study)
        if ".88." not in each.class_uid and each.class_uid != ENCAPSULATED_PDF
    }
    assert set(uids) == set(sent)
    assert len(sent) == SLICES
    for uid in uids:
        assert kept.store.read(uid) == running.store.objects.path(sent[uid]).read_bytes()
    assert kept.drafts.load(study) is None
    (entry,) = (each for each in kept.outbox.entries() if each.study_instance_uid == study)
    assert [each.step.value for each in entry.receipts] == ["stored", "read back", "task", "done"]
