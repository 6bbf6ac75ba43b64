"""A disk without room: what cannot be kept is said, what was kept stays, and it goes on after."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import cases
from tests.faults.home import READER, Home, helps, home_at, task_of, templates_at, typed
from tests.services.scripted import STUDY, WORKITEM, Scripted, part10, running, workitem
from tests.workflow.waiting import until
from workstation.domain.clock import utc_now
from workstation.domain.delivery import DeliveryState
from workstation.domain.errors import DiskFull, ReaderError, ServiceUnreachable, StoreDamaged
from workstation.domain.report import Report, ReportState
from workstation.domain.study import RetrievalState
from workstation.services.endpoint import Endpoint
from workstation.services.service import ReadingService
from workstation.storage.database import Database
from workstation.storage.outbox import Outbox
from workstation.workflow.reporting import Reporting
from workstation.workflow.retrieving import Retrieving
from workstation.workflow.worklist import Worklist

CHILD = Path(__file__).with_name("full_disk_child.py")
IMAGES = 8


@pytest.fixture
def home(fast_folder: Path) -> Iterator[Home]:
    with home_at(fast_folder / "home") as made:
        yield made


@pytest.fixture
def site() -> Iterator[Scripted]:
    images = {f"1.5.{n}": part10(f"1.5.{n}", bytes([n]) * 5000) for n in range(1, IMAGES + 1)}
    with running(Scripted(workitems={WORKITEM: workitem()}, series={"1.5": images})) as script:
        yield script


STORE = ReadingService.store


def unreachable(*_arguments: object) -> None:
    raise ServiceUnreachable("The link is down.", remedy="Check the network.")


def fill(database: Database) -> None:
    """No page more: SQLite answers as it does on ENOSPC."""
    with database.transaction() as connection:
        connection.execute("PRAGMA max_page_count=1")


def make_room(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("PRAGMA max_page_count=1000000")


@pytest.mark.parametrize(
    ("code", "happened", "remedy"),
    [
        (errno.ENOSPC, "disk is full", "Free some space"),
        (errno.EDQUOT, "disk is full", "Free some space"),
        (errno.EIO, "refuses to write", "Check that the home folder"),
        (errno.EROFS, "refuses to write", "Check that the home folder"),
    ],
)
def test_a_study_stops_with_a_sentence_and_goes_on_where_it_was(
    home: Home,
    site: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    happened: str,
    remedy: str,
) -> None:
    fsync, room = os.fsync, 4
    lock = threading.Lock()

    def full(file: int) -> None:
        nonlocal room
        with lock:
            room -= 1
            if room < 0:
                raise OSError(code, os.strerror(code))
        fsync(file)

    monkeypatch.setattr(os, "fsync", full)
    service = ReadingService(Endpoint("night", "Night site", site.url))
    retrieving = Retrieving([service], home.store)
    try:
        retrieving.start("night", STUDY)
        until(lambda: retrieving.progress(STUDY).state is RetrievalState.PAUSED)  # type: ignore[union-attr]
        progress = retrieving.progress(STUDY)
        assert progress is not None
        assert happened in progress.problem
        assert remedy in progress.problem
        # One failure is enough: the images are not asked for again and again.
        assert len(site.fetched()) <= IMAGES
        held = set(home.store.uids(STUDY))
        assert len(held) < IMAGES
        for uid in held:
            assert home.store.read(uid) == site.series["1.5"][uid]
        asked = len(site.fetched())
        monkeypatch.setattr(os, "fsync", fsync)
        retrieving.resume(STUDY)
        until(lambda: retrieving.progress(STUDY).state is RetrievalState.COMPLETE)  # type: ignore[union-attr]
        assert held.isdisjoint(site.fetched()[asked:])
        for uid, content in site.series["1.5"].items():
            assert home.store.read(uid) == content
    finally:
        retrieving.stop()
        service.close()


def test_a_draft_stays_on_the_screen_is_said_and_is_saved_once_there_is_room(
    home: Home, fast_folder: Path
) -> None:
    reporting = Reporting(
        home.drafts, templates_at(fast_folder / "templates"), utc_now, delay_seconds=0.01
    )
    try:
        told: list[Report] = []
        reporting.listen(told.append)
        report = reporting.open(task_of(STUDY, WORKITEM), None)
        reporting.edit(report.identifier, typed(report, "Before."))
        reporting.flush()
        fill(home.database)
        words = "Typed on a full disk. " * 4000
        reporting.edit(report.identifier, typed(report, words))
        with pytest.raises(DiskFull) as said:
            reporting.flush()
        helps(said.value)
        assert isinstance(reporting.problem(report.identifier), DiskFull)
        assert words.strip() in str(reporting.current(report.identifier).sections)
        kept = home.drafts.load(STUDY)
        assert kept is not None
        assert "Before." in str(kept.sections)
        make_room(home.database)
        reporting.flush()
        assert reporting.problem(report.identifier) is None
        kept = home.drafts.load(STUDY)
        assert kept is not None
        assert words.strip() in str(kept.sections)
    finally:
        reporting.close()


def test_a_list_that_cannot_be_kept_is_shown_all_the_same(home: Home, site: Scripted) -> None:
    site.workitems |= {f"1.8.{n}": workitem(f"1.8.{n}") for n in range(60)}
    service = ReadingService(Endpoint("night", "Night site", site.url))
    worklist = Worklist(
        [service],
        seen=home.seen,
        images=home.store,
        drafts=home.drafts,
        deliveries=home.outbox,
        leases=home.leases,
        reader=READER,
        clock=utc_now,
    )
    fill(home.database)
    worklist.start()
    try:
        until(lambda: len(worklist.rows()) == 61)
        (state,) = worklist.service_states()
        assert state.reachable
        assert "disk is full" in state.problem
        make_room(home.database)
        worklist.try_now()
        until(lambda: worklist.service_states()[0].problem == "")
        assert len(home.seen.load()) == 61
    finally:
        worklist.stop()
        service.close()


def test_a_draft_that_the_disk_has_not_taken_in_time_is_not_called_saved(
    fast_folder: Path,
) -> None:
    go_on = threading.Event()

    class SlowDisk:
        def save(self, report: Report) -> None:
            assert go_on.wait(30)

        def load(self, study_uid: str) -> Report | None:
            return None

        def signed(self, study_uid: str) -> tuple[Report, ...]:
            return ()

        def last_document(self, study_uid: str) -> str:
            return ""

        def discard(self, study_uid: str) -> None:
            raise AssertionError("nobody asked for it")

    reporting = Reporting(SlowDisk(), templates_at(fast_folder / "templates"), utc_now)
    try:
        report = reporting.open(task_of(STUDY, WORKITEM), None)
        reporting.edit(report.identifier, typed(report, "Typed on a slow disk."))
        with pytest.raises(ReaderError) as said:
            reporting.flush(timeout=0.1)
        helps(said.value)
        go_on.set()
        reporting.flush()
    finally:
        go_on.set()
        reporting.close()


@pytest.mark.parametrize("step", ["move", "receipt", "postpone"])
def test_a_delivery_waits_for_room_and_one_report_arrives(
    fast_folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    real, full = getattr(Outbox, step), threading.Event()
    tried = threading.Event()

    def write_step(*arguments: object, **named: object) -> None:
        if full.is_set():
            tried.set()
            raise DiskFull("The disk is full.", remedy="Free some space.")
        real(*arguments, **named)

    monkeypatch.setattr(Outbox, step, write_step)
    with cases.site(fast_folder, 1, 3) as site:
        with cases.workstation_at(fast_folder / "home", site) as bench:
            cases.retrieve(bench, 0)
            cases.write(bench, 0, "Nothing new.")
            cases.sign(bench, 0)
            if step == "postpone":
                monkeypatch.setattr(ReadingService, "store", unreachable)
            full.set()
            bench.delivering.start()
            try:
                until(tried.is_set)
                until(lambda: bench.delivering.entries()[0].problem_happened)
                (entry,) = bench.delivering.entries()
                assert "disk is full" in entry.problem_happened
                assert entry.problem_remedy
                if step == "postpone":
                    monkeypatch.setattr(ReadingService, "store", STORE)
                full.clear()
                bench.delivering.send_all_now()
                until(lambda: bench.delivering.entries()[0].state is DeliveryState.DELIVERED, 20)
                assert bench.delivering.entries()[0].problem_happened == ""
            finally:
                bench.delivering.stop()
        stored = site.store.objects.instances(cases.study_of(0))
        assert len([each for each in stored if ".88." in each.class_uid]) == 1


def test_a_report_that_cannot_be_signed_for_want_of_room_stays_a_draft(
    fast_folder: Path,
) -> None:
    with (
        cases.site(fast_folder, 1, 3) as site,
        cases.workstation_at(fast_folder / "home", site) as bench,
    ):
        cases.retrieve(bench, 0)
        cases.write(bench, 0, "Nothing new.")
        database = bench.signing._store._database  # type: ignore[attr-defined]
        cases.write(bench, 0, "Long. " * 20_000)
        fill(database)
        with pytest.raises(DiskFull) as said:
            cases.sign(bench, 0)
        helps(said.value)
        assert bench.delivering.entries() == ()
        study = bench.opening.open(cases.study_of(0))
        report = bench.reporting.open(cases.task_in(bench, 0), study)
        assert report.state is ReportState.DRAFT
        assert "Long. Long." in str(report.sections)
        make_room(database)
        cases.sign(bench, 0)
        bench.delivering.pump()
        assert bench.delivering.entries()[0].state is DeliveryState.DELIVERED


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE is of POSIX")
def test_files_that_may_not_grow_lose_nothing_that_was_written(fast_folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(CHILD), str(fast_folder / "home")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["image"]["kind"] == DiskFull.__name__
    assert said["image"]["remedy"]
    assert said["draft"]["kind"] in (DiskFull.__name__, StoreDamaged.__name__)
    assert said["draft"]["remedy"]
    assert said["shown"] == said["draft"]["happened"]
    assert "While it is full." in said["on screen"]
    assert "Before." in said["on disk"]
    assert said["image later"] == said["draft later"] == {}
    assert "While it is full." in said["on disk later"]
    assert said["images"] == {"1.5.1": 5, "1.5.2": 100_000}
    parts = list((fast_folder / "home").rglob("*.part"))
    assert parts == []
