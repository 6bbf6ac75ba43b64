"""Domain objects survive the disk, and a damaged record is said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from workstation.domain.errors import StateRefused, StoreDamaged
from workstation.domain.geometry import PlaneGeometry
from workstation.domain.identity import Patient, PersonName, Reader, Sex
from workstation.domain.image import CalibrationSource, FrameKey
from workstation.domain.measurement import (
    KeyImage,
    MeasuredValue,
    Measurement,
    MeasurementKind,
    RoiStatistics,
    StudyMarks,
    UserCalibration,
)
from workstation.domain.reading_task import Lease, Performer, Priority, ReadingTask
from workstation.domain.report import Report, ReportState, Section, SectionKind
from workstation.domain.study import ManifestInstance
from workstation.storage import records
from workstation.storage.database import MIGRATIONS, Database
from workstation.storage.journal import Drafts, Leases, Marks, SeenTasks
from workstation.storage.study_store import StudyStore
from workstation.storage.vault import OpenVault

NOW = datetime(2026, 11, 24, 3, 21, tzinfo=UTC)


def measurement() -> Measurement:
    plane = PlaneGeometry((0.0, 1.0, 2.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.5, 0.5), 8, 9, "1")
    statistics = RoiStatistics(309, 49.2, 23.1, -14, 150, 48, 190.4, 2, "HU")
    return Measurement(
        "a1",
        3,
        MeasurementKind.ELLIPSE,
        "s/0",
        "1.2.3",
        FrameKey("1.2.3.4", 7),
        "S3/173",
        ((1.0, 2.0), (3.5, 4.25)),
        MeasuredValue(49.2, "HU", CalibrationSource.PATIENT, True, statistics),
        ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)),
        plane,
        "node",
    )


def report(**changes: object) -> Report:
    held: dict[str, object] = {
        "identifier": "r1",
        "study_instance_uid": "1.2",
        "workitem_uid": "1.2.9",
        "sections": (Section(SectionKind.FINDINGS, "Größe 5 mm, 肺"),),
        "revision": 4,
        "saved_at": NOW,
    }
    return Report(**(held | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    [
        StudyMarks(
            (measurement(),),
            (KeyImage(FrameKey("1.2.3.4", 2), "1.2", "1.2.3", "S3/2", "note"),),
            frozenset({FrameKey("1.2.3.4", 1), FrameKey("1.2.3.4", 2)}),
            (
                UserCalibration.of_line(
                    "1.2.3",
                    FrameKey("1.2.3.4"),
                    ((1.0, 2.0), (31.0, 2.0)),
                    25.0,
                    pixel_aspect=1.0,
                    by="VIDAL, Ana",
                    at=NOW,
                ),
            ),
        ),
        report(
            state=ReportState.FINAL,
            signed_at=NOW,
            signed_by=Reader("R", PersonName("Vidal^Ana"), "Night", "S"),
        ),
        ReadingTask(
            "1.2.9",
            "a",
            "1.2",
            priority=Priority.STAT,
            deadline=NOW,
            patient=Patient("4471", PersonName("Я^Т", "山田^太郎"), date(1965, 3, 2), Sex.FEMALE),
            scheduled_performer=Performer("R", PersonName("Vidal^Ana")),
        ),
    ],
)
def test_an_object_comes_back_equal(value: object) -> None:
    assert records.load(type(value), records.dump(value)) == value


@pytest.mark.parametrize("content", ["", "[]", '{"identifier": 1}', "{", '{"state": "lost"}'])
def test_a_damaged_record_is_said(content: str) -> None:
    with pytest.raises(StoreDamaged):
        records.load(Report, content)


def test_a_lower_revision_never_overwrites_a_draft(database: Database) -> None:
    drafts = Drafts(database, OpenVault())
    drafts.save(report(revision=5))
    drafts.save(report(revision=4, sections=()))
    assert drafts.load("1.2") == report(revision=5)
    assert list(drafts.saved_times()) == ["1.2"]
    drafts.discard("1.2")
    assert drafts.load("1.2") is None


def test_marks_leases_and_tasks_survive(database: Database) -> None:
    marks = Marks(database, OpenVault())
    held = StudyMarks((measurement(),), (), frozenset({FrameKey("1.2.3.4")}))
    marks.save("1.2", held)
    assert marks.load("1.2") == held
    assert marks.load("7.7") == StudyMarks()
    leases, lease = Leases(database), Lease("1.2.9", "a", "1.2.8", NOW)
    leases.save(lease)
    assert leases.load("1.2.9") == lease
    assert leases.all() == (lease,)
    leases.discard("1.2.9")
    assert leases.load("1.2.9") is None
    seen, task = SeenTasks(database, OpenVault()), ReadingTask("1.2.9", "a", "1.2", deadline=NOW)
    seen.replace("a", [task])
    assert seen.load("a") == (task,)
    seen.replace("a", [])
    assert seen.load() == ()


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def fail_in_the_middle() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO audit (at, event, subject) VALUES ('1','e','s')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_in_the_middle()
    assert database.read("SELECT * FROM audit") == []


def test_the_schema_of_a_newer_version_is_refused(database: Database, tmp_path: object) -> None:
    with database.transaction() as connection:
        connection.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    with pytest.raises(StoreDamaged, match="newer"):
        Database(database._path)


def test_a_commit_is_synced_before_it_returns(database: Database) -> None:
    with database.transaction() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_states_of_a_report_refuse_what_the_table_does_not_hold() -> None:
    from workstation.domain.report import require_transition

    with pytest.raises(StateRefused):
        require_transition(ReportState.FINAL, ReportState.PRELIMINARY)


class Reversing:
    """A cipher that anybody can undo, to see what passes through the vault."""

    encrypts = True

    def seal(self, name: str, data: bytes) -> bytes:
        return data[::-1]

    def open(self, name: str, sealed: bytes) -> bytes:
        return sealed[::-1]


def test_nothing_that_names_a_patient_reaches_the_disk_beside_the_vault(tmp_path: Path) -> None:
    secret = "QUENNELL"
    patient = Patient("SECRETID-77", PersonName(f"{secret}^Ida"))
    task = ReadingTask("1.2.9", "a", "1.2", patient=patient, procedure=f"CT {secret}")
    instance = ManifestInstance("1.2.3", "1.2.4", series_description=f"Series of {secret}")
    database, vault = Database(tmp_path / "n.sqlite"), Reversing()
    SeenTasks(database, vault).replace("a", [task])
    store = StudyStore(tmp_path / "studies", database, vault)
    store.set_manifest("1.2", [instance])
    store.put("1.2", "1.2.3", "1.2.4", "1.2.840", secret.encode())
    Drafts(database, vault).save(
        report(sections=(Section(SectionKind.FINDINGS, f"{secret} has a nodule."),))
    )
    assert SeenTasks(database, vault).load("a") == (task,)
    assert store.manifest("1.2") == (instance,)
    database.close()
    written = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    assert secret.encode() not in written
    assert b"SECRETID-77" not in written
    assert secret.encode()[::-1] in written
