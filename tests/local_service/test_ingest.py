"""A folder becomes a worklist; a killed service comes back whole."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydicom.dataset import Dataset

from tests.local_service import make
from tests.realdata import require
from workstation.domain.errors import ReaderError
from workstation.domain.identity import PersonName
from workstation.domain.reading_task import Performer
from workstation.local_service import ingest
from workstation.local_service.matching import Query
from workstation.local_service.store import ServiceStore

NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ServiceStore]:
    made = ServiceStore(tmp_path / "store", clock=lambda: NIGHT)
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three studies of two patients, a report, and files that are no objects."""
    made = tmp_path / "studies"
    (made / "deep").mkdir(parents=True)
    report = make.ct(1, 2, 1, Modality="SR", SeriesNumber=0)
    objects = {
        "a.dcm": make.part10(make.ct(1, number=1)),
        "deep/b": make.part10(make.ct(1, number=2)),
        "c.dcm": make.part10(report),
        "old.dcm": make.part10(make.ct(2, StudyDate="20240101")),
        "other.dcm": make.part10(make.ct(3, PatientID="B2", BodyPartExamined="HEAD"))[:-5],
        "broken.dcm": b"no DICOM at all",
        "notes.txt": b"text",
        "DICOMDIR": b"",
    }
    for name, content in objects.items():
        (made / name).write_bytes(content)
    return made


def tasks(store: ServiceStore) -> dict[str, Dataset]:
    """Study UID to its task."""
    found = [Dataset.from_json(held) for held in store.workitems.search(Query())]
    return {each.InputInformationSequence[0].StudyInstanceUID: each for each in found}


def test_each_current_study_gets_a_task_and_a_prior_none(store: ServiceStore, folder: Path) -> None:
    result = ingest.serve_studies(store, folder, clock=lambda: NIGHT)
    assert (result.instances, result.skipped, result.studies) == (5, 1, 3)
    made = tasks(store)
    assert sorted(made) == ["1.2.3.1", "1.2.3.3"]
    task = made["1.2.3.1"]
    assert task.ReferencedRequestSequence[0].RequestedProcedureDescription == "CT Head"
    assert task.ReferencedRequestSequence[0].AccessionNumber == "ACC1"
    assert task.ReferencedRequestSequence[0].ReasonForTheRequestedProcedure
    assert task.PatientName == "Ash^Rowan"
    assert task.ProcedureStepState == "SCHEDULED"
    assert task.ScheduledWorkitemCodeSequence[0].CodeValue == "110005"
    first = task.InputInformationSequence[0]
    assert (first.Modality, first.SeriesInstanceUID) == ("CT", "1.2.3.1.1")
    assert first.NumberOfStudyRelatedInstances == 3
    assert len(first.ReferencedSOPSequence) == 2
    due = [each.ExpectedCompletionDateTime for each in made.values()]
    assert all("20261124" <= moment < "20261125" for moment in due)
    assert len({each.ScheduledProcedureStepPriority for each in made.values()}) == 2


def test_a_folder_read_in_again_changes_nothing(store: ServiceStore, folder: Path) -> None:
    first = ingest.serve_studies(store, folder, clock=lambda: NIGHT)
    again = ingest.serve_studies(store, folder, clock=lambda: NIGHT)
    assert len(first.workitems) == 2
    assert again.workitems == ()
    assert (again.instances, store.workitems.count()) == (5, 2)


def test_the_worklist_says_what_is_asked(store: ServiceStore, folder: Path) -> None:
    entry: dict[str, Any] = {
        "priority": "STAT",
        "deadline_minutes": 45,
        "reason": "Fall from a ladder",
        "clinical_notes": "On blood thinners",
        "accession_number": "N-7",
        "referrer": "Birch^Lee",
        "site": "Hollin Field Unit",
        "procedure": "CT head without contrast",
        "modality": "CT",
        "body_part": "HEAD",
        "performer": {"code": "R9", "name": "Rowe^Sam"},
        "readiness": "INCOMPLETE",
        "prior": False,
    }
    studies = {"1.2.3.1": entry, "1.2.3.3": {"prior": True}, "1.2.3.2": {"prior": True}}
    (folder / "worklist.json").write_text(json.dumps({"version": 1, "studies": studies}))
    ingest.serve_studies(store, folder, clock=lambda: NIGHT)
    made = tasks(store)
    assert list(made) == ["1.2.3.1"]
    task = made["1.2.3.1"]
    request = task.ReferencedRequestSequence[0]
    assert task.ScheduledProcedureStepPriority == "HIGH"
    assert task.ExpectedCompletionDateTime == "20261124024500+0000"
    assert task.InputReadinessState == "INCOMPLETE"
    assert task.CommentsOnTheScheduledProcedureStep == "On blood thinners"
    assert request.RequestingService == "Hollin Field Unit"
    assert request.RequestingPhysician == "Birch^Lee"
    assert request.ReasonForTheRequestedProcedure == "Fall from a ladder"
    performer = task.ScheduledHumanPerformersSequence[0]
    assert performer.HumanPerformerCodeSequence[0].CodeValue == "R9"
    assert task.InputInformationSequence[0].BodyPartExamined == "HEAD"


@pytest.mark.parametrize("written", ["{", "[]", '{"studies": [1]}', '{"studies": {"1.2": 3}}'])
def test_a_broken_worklist_is_said(store: ServiceStore, folder: Path, written: str) -> None:
    (folder / "worklist.json").write_text(written)
    with pytest.raises(ReaderError, match=r"worklist\.json"):
        ingest.serve_studies(store, folder)


def test_a_performer_and_a_site_are_taken_where_none_is_named(
    store: ServiceStore, folder: Path
) -> None:
    performer = Performer("R1", PersonName("Rowe^Sam"))
    ingest.serve_studies(store, folder, site="Night desk", performer=performer)
    for task in tasks(store).values():
        assert task.ReferencedRequestSequence[0].RequestingService == "Night desk"
        code = task.ScheduledHumanPerformersSequence[0].HumanPerformerCodeSequence[0]
        assert code.CodeValue == "R1"


def test_a_task_handed_back_is_replaced_and_one_withdrawn_is_not(
    store: ServiceStore, folder: Path
) -> None:
    first, second = ingest.serve_studies(store, folder).workitems
    for uid in (first, second):
        body = {"00741002": make.given_up()["00741002"]}
        store.workitems.change_state(uid, ingest_state("IN PROGRESS"), "1.2.9")
        store.workitems.update(uid, body, "1.2.9")
    ingest.withdraw_task(store, second, "Sent elsewhere")
    for uid in (first, second):
        store.workitems.change_state(uid, ingest_state("CANCELED"), "1.2.9")
    waiting = [each for each in tasks(store).values() if each.ProcedureStepState == "SCHEDULED"]
    replaced = [each.ReplacedProcedureStepSequence[0].ReferencedSOPInstanceUID for each in waiting]
    assert replaced == [first]
    assert "UnifiedProcedureStepPerformedProcedureSequence" not in waiting[0]


def ingest_state(name: str) -> Any:
    from workstation.domain.reading_task import ProcedureStepState

    return ProcedureStepState(name)


def test_an_emergency_arrives_and_is_withdrawn(store: ServiceStore, folder: Path) -> None:
    ingest.serve_studies(store, folder)
    uid = ingest.create_urgent_task(
        store, "1.2.3.2", clock=lambda: NIGHT, minutes=15, reason="Sudden headache"
    )
    task = Dataset.from_json(store.workitems.get(uid))
    assert task.ScheduledProcedureStepPriority == "HIGH"
    assert task.ExpectedCompletionDateTime == "20261124021500+0000"
    ingest.withdraw_task(store, uid, "Wrong patient")
    assert Dataset.from_json(store.workitems.get(uid)).ProcedureStepState == "CANCELED"
    with pytest.raises(ReaderError):
        ingest.create_urgent_task(store, "1.2.3.404")


def test_a_service_that_was_killed_while_it_received_clears_the_halves(tmp_path: Path) -> None:
    store = ServiceStore(tmp_path)
    half = store.objects.incoming()
    half.write_bytes(b"half")
    store.close()
    again = ServiceStore(tmp_path)
    assert not half.exists()
    again.close()


def test_a_file_that_a_power_failure_cut_is_made_whole_by_reading_in_again(
    store: ServiceStore, folder: Path
) -> None:
    ingest.serve_studies(store, folder)
    instance = store.objects.instances("1.2.3.1")[0]
    whole = store.objects.path(instance).read_bytes()
    store.objects.path(instance).write_bytes(b"")
    ingest.serve_studies(store, folder)
    assert store.objects.path(instance).read_bytes() == whole


@pytest.mark.parametrize("name", ["odd", "ct-head-tilt-varspacing", "mr-decubitus", "charset"])
def test_real_studies_become_tasks(store: ServiceStore, name: str) -> None:
    result = ingest.serve_studies(store, require(name))
    assert result.instances > 0
    assert result.workitems
    for task in tasks(store).values():
        assert task.ReferencedRequestSequence[0].RequestedProcedureDescription


def _serve(folder: Path) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "workstation", "serve", "--data", str(folder), "--json"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


def _end(process: subprocess.Popen[str], number: int) -> int:
    process.send_signal(number)
    code = process.wait(30)
    assert process.stdout is not None
    process.stdout.close()
    return code


def test_killed_and_started_again_it_holds_all_that_it_answered(folder: Path) -> None:
    answered: list[str] = []
    for turn in range(3):
        process, said = _serve(folder)
        with httpx.Client(base_url=said["url"] + "/") as client:
            for number in range(20):
                uid = f"1.2.7.{turn}.{number}"
                held = make.part10(make.ct(9, turn + 1, number + 1, PatientID="K"))
                stored = client.post(
                    "studies", content=make.body(held), headers={"Content-Type": make.RELATED}
                )
                made = client.post(f"workitems?{uid}", json=make.workitem())
                claim = client.put(
                    f"workitems/{uid}/state", json=make.state("IN PROGRESS", "1.2.9")
                )
                if (stored.status_code, made.status_code, claim.status_code) == (200, 201, 200):
                    answered.append(uid)
            assert _end(process, signal.SIGKILL) == -signal.SIGKILL
    assert len(answered) == 60
    process, said = _serve(folder)
    assert said["workitems"] == 62
    with httpx.Client(base_url=said["url"] + "/") as client:
        busy = client.get("workitems?ProcedureStepState=IN%20PROGRESS").json()
        assert {each["00080018"]["Value"][0] for each in busy} == set(answered)
        assert len(client.get("studies/1.2.3.9/instances").json()) == 60
    assert _end(process, signal.SIGTERM) == 0
    database = sqlite3.connect(folder / ingest.OWN_FOLDER / "service.sqlite")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_ends_cleanly_on_a_signal(folder: Path, number: int) -> None:
    process, said = _serve(folder)
    assert said["workitems"] == 2
    assert httpx.get(said["url"] + "/studies").status_code == 200
    assert _end(process, number) == 0


def test_serve_refuses_what_it_cannot_serve(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from workstation.cli import main

    assert main(["serve", "--data", str(tmp_path / "nowhere")]) == 1
    assert main(["serve", "--data", str(tmp_path), "--user", "x"]) == 1
    assert "belong together" in capsys.readouterr().err
