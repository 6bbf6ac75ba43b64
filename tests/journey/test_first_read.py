"""The first read: from the worklist to the delivered report, with keys and mouse."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import httpx
import pydicom
import pytest

from tests import realdata
from tests.journey.conftest import Desk, Sit
from workstation.domain.delivery import OutboxEntry
from workstation.domain.measurement import MeasurementKind
from workstation.domain.report import SectionKind
from workstation.phantoms import write_all
from workstation.services.service import ReadingService
from workstation.workflow.worklist_rows import WorklistRow


def read_back(desk: Desk, entry: OutboxEntry) -> pydicom.Dataset:
    """The report as the service gives it to anybody."""
    client = ReadingService(desk.demo.endpoint)
    try:
        held = client.read_back(entry.study_instance_uid, entry.objects[0])
    finally:
        client.close()
    return pydicom.dcmread(io.BytesIO(held))


def task_state(desk: Desk, entry: OutboxEntry) -> tuple[str, list[str]]:
    """State and output UIDs of the task, asked with a client that is not ours."""
    answer = httpx.get(
        f"{desk.demo.url}/workitems/{entry.workitem_uid}",
        headers={"Authorization": f"Bearer {desk.demo.token}", "Accept": "application/dicom+json"},
    )
    held = answer.json()
    item = held[0] if isinstance(held, list) else held
    outputs = [
        sop["00081155"]["Value"][0]
        for performed in item["00741216"]["Value"]
        for output in performed["00404033"]["Value"]
        for sop in output["00081199"]["Value"]
    ]
    return item["00741000"]["Value"][0], outputs


def words(dataset: pydicom.Dataset) -> str:
    """All text of a structured report."""
    found = []
    for element in dataset.iterall():
        if element.keyword == "TextValue":
            found.append(str(element.value))
    return "\n".join(found)


def read_and_sign(
    desk: Desk, row: WorklistRow, *, slice_wise: bool, findings: str, impression: str
) -> OutboxEntry:
    tour = desk.tour
    tour.open(row)
    tour.see_images()
    tour.hands.press("F2")
    if slice_wise:
        tour.hands.press("PgDown")
        tour.hands.wheel(tour.active, 3)
        tour.see_images()
    frame = tour.active.scene.frame if tour.active.scene else None
    assert frame is not None
    form = frame.pixel_format
    middle = (form.columns / 2, form.rows / 2)
    tour.measure("L", middle, (middle[0] + form.columns / 8, middle[1]))
    tour.write(SectionKind.FINDINGS, findings)
    tour.hands.press("F2")
    tour.hands.press("M")
    tour.write(SectionKind.IMPRESSION, impression)
    tour.saved()
    return tour.sign()


@pytest.mark.parametrize(
    ("study", "slice_wise"),
    [("ct-chest-lidc0314", True), ("mr-brain-brainix", True), ("xr-chest-and-other", False)],
)
def test_a_real_study_is_read_and_its_report_arrives_once(
    sit_down: Sit, tmp_path: Path, study: str, slice_wise: bool
) -> None:
    folder = tmp_path / "served"
    shutil.copytree(realdata.require(study), folder)
    desk = sit_down(folder)
    wanted = {"CT", "MR", "CR", "DX"}

    def fits(row: WorklistRow) -> bool:
        chest = study != "xr-chest-and-other" or "chest" in row.task.procedure.lower()
        return row.task.modality in wanted and chest and bool(row.task.accession_number)

    row = desk.tour.row(fits, "a task on the study")
    entry = read_and_sign(
        desk, row, slice_wise=slice_wise, findings="Reading words 4711", impression="No change."
    )
    report = read_back(desk, entry)
    assert report.StudyInstanceUID == row.task.study_instance_uid
    assert report.VerificationFlag == "VERIFIED"
    assert report.PreliminaryFlag == "FINAL"
    assert "Reading words 4711" in words(report)
    length = desk.tour.bench.measuring_for(row.task.study_instance_uid).measurements()[-1]
    assert f"{length.result.value:.{0 if length.result.unit == 'px' else 1}f}" in words(report)
    state, outputs = task_state(desk, entry)
    assert state == "COMPLETED"
    assert entry.objects[0].sop_instance_uid in outputs


@pytest.fixture(scope="session")
def chest_phantom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phantoms")
    write_all(folder, only=("ct-chest",))
    return folder


def test_the_nodule_of_the_phantom_measures_what_it_is_and_says_so_in_the_report(
    sit_down: Sit, chest_phantom: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "served"
    shutil.copytree(chest_phantom, folder)
    desk = sit_down(folder)
    entry = desk.tour.chest()
    report = read_back(desk, entry)
    # 17 mm by construction; the mouse hits whole screen pixels, 0.6 mm apart here.
    marks = desk.tour.bench.measuring_for(entry.study_instance_uid)
    lengths = [m for m in marks.measurements() if m.kind is MeasurementKind.LENGTH]
    assert lengths[-1].result.value == pytest.approx(17.0, abs=0.8)
    assert report.PatientID == "SM-88120"
    assert "Nodule in the right upper lobe, larger than before." in words(report)


def test_a_case_can_be_read_with_the_link_cut_and_goes_out_when_it_is_back(
    sit_down: Sit, tmp_path: Path
) -> None:
    folder = tmp_path / "served"
    write_all(folder, only=("us-abdomen",))
    desk = sit_down(folder)
    tour = desk.tour
    row = tour.row(lambda each: each.task.modality == "US", "the ultrasound")
    tour.open(row)
    tour.see_images()
    tour.write(SectionKind.FINDINGS, "Cyst.")
    tour.write(SectionKind.IMPRESSION, "Simple cyst.")
    port = int(desk.demo.url.split(":")[2].split("/")[0])
    desk.demo.service.stop()
    tour.hands.press("Ctrl+Return")
    tour.hands.wait(lambda: tour.desk.panel.signing_now, "the sign panel opens")
    tour.hands.press("Ctrl+Return")
    tour.hands.wait(
        lambda: any(e.problem_happened for e in tour.bench.delivering.entries()),
        "the outbox says why it waits",
    )
    from workstation.local_service.running import RunningService

    again = RunningService(desk.demo.home.root / "service", port=port, token=desk.demo.token)
    again.start()
    try:
        tour.bench.delivering.send_all_now()
        tour.hands.wait(
            lambda: all(e.state.value == "delivered" for e in tour.bench.delivering.entries()),
            "the report is delivered once the service is back",
        )
        entry = tour.bench.delivering.entries()[0]
        assert task_state(desk, entry)[0] == "COMPLETED"
    finally:
        again.stop()


def test_a_normal_chest_radiograph_takes_at_most_six_keys_from_the_open_study_to_the_delivery(
    sit_down: Sit, tmp_path: Path
) -> None:
    folder = tmp_path / "served"
    write_all(folder, only=("dx-chest",))
    desk = sit_down(folder)
    tour = desk.tour
    row = tour.row(lambda each: each.task.modality == "DX", "the radiograph")
    tour.open(row)
    tour.see_images()
    pressed = ["F9", "Ctrl+Return", "Ctrl+Return"]
    tour.hands.press(pressed[0])
    tour.saved()
    tour.hands.press(pressed[1])
    tour.hands.wait(lambda: tour.desk.panel.signing_now, "the sign panel opens")
    tour.hands.press(pressed[2])
    tour.hands.wait(
        lambda: any(e.state.value == "delivered" for e in tour.bench.delivering.entries()),
        "the report is delivered",
    )
    assert len(pressed) <= 6
    report = read_back(desk, tour.bench.delivering.entries()[0])
    assert "No acute cardiopulmonary abnormality." in words(report)
    assert "Clear." in words(report)
    assert "[" not in words(report)


def test_the_newest_prior_of_its_kind_comes_by_itself_with_its_report(
    sit_down: Sit, tmp_path: Path
) -> None:
    folder = tmp_path / "served"
    write_all(folder, only=("ct-chest", "ct-chest-prior", "dx-chest", "dx-chest-prior"))
    desk = sit_down(folder)
    tour = desk.tour
    row = tour.row(lambda each: each.task.modality == "CT", "the CT")
    tour.open(row)
    room = tour.desk.room
    tour.hands.wait(
        lambda: "Current and prior" in room.stage_names, "it can be hung beside the current study"
    )
    tour.desk.panel.tabs.setCurrentIndex(1)
    tour.hands.wait(
        lambda: tour.desk.panel.prior_count >= 1,
        "the report of the prior is read in its tab",
        20,
    )
