"""A resident's preliminary report at the site: the attending changes, classes, and signs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import hl7
from PySide6.QtWidgets import QWidget

from tests.journey.conftest import Desk, Sit, SitAs
from tests.journey.test_amending import as_delivered
from workstation.dicom.report_objects import head_of, imaged_study
from workstation.dicom.sr import build_report
from workstation.dicom.sr_reading import read_report
from workstation.domain.delivery import OutboxEntry
from workstation.domain.identity import PersonName, Reader, Role, new_uid
from workstation.domain.report import BODY, Discrepancy, ReportState, Section, SectionKind
from workstation.domain.report_content import Reference, ReportContent
from workstation.phantoms import write_all
from workstation.storage.database import Database
from workstation.storage.outbox import Outbox
from workstation.storage.vault import OpenVault
from workstation.tour.demo_service import READER
from workstation.tour.journey import Tour
from workstation.ui.parts import Button


def signed_forms(desk: Desk, entry: OutboxEntry) -> dict[str, bytes]:
    """The forms that are kept with the delivery, read beside the program."""
    with closing(Database(desk.demo.home.database)) as database:
        whole = Outbox(database, OpenVault()).entry(entry.identifier)
    return {each.name: each.content for each in whole.documents}


def words_of(widget: QWidget) -> str:
    """What stands on a button, or nothing."""
    return widget.words if isinstance(widget, Button) else ""


def press_until(tour: Tour, key: str, there: Callable[[], bool], most: int = 40) -> None:
    """Press a key until something is so; it fails where it does not become so."""
    for _ in range(most):
        if there():
            return
        tour.hands.press(key)
    raise AssertionError(f"{most} presses of {key} did not lead there")


RESIDENT = Reader("RRAE", PersonName("Resident^Rae"), "Hollin", role=Role.RESIDENT)


def preliminary(folder: Path) -> bytes:
    """What the resident's workstation has stored at the site."""
    import pydicom

    image = next(
        path
        for path in sorted(folder.rglob("*.dcm"))
        if "Rows" in pydicom.dcmread(path, stop_before_pixels=True)
    )
    dataset = pydicom.dcmread(image, stop_before_pixels=True)
    source = image.read_bytes()
    content = ReportContent(
        document_uid=new_uid(),
        study=imaged_study(head_of(source)),
        sections=tuple(
            Section(kind, text)
            for kind, text in zip(
                BODY,
                ("Pain.", "None.", "Ultrasound.", "Cyst of the left kidney.", "Cyst."),
                strict=True,
            )
        ),
        quantities=(),
        key_images=(),
        key_frames=(),
        procedure="US upper abdomen",
        reader=RESIDENT,
        signed_at=datetime(2026, 11, 23, 22, 0, tzinfo=UTC),
        state=ReportState.PRELIMINARY,
    )
    reference = Reference(dataset.SOPClassUID, dataset.SOPInstanceUID, dataset.SeriesInstanceUID)
    return build_report(source, [reference], content).content


def test_an_attending_signs_what_a_resident_wrote_with_the_differences_in_sight(
    sit_down: Sit, tmp_path: Path
) -> None:
    folder = tmp_path / "served"
    write_all(folder, only=("us-abdomen",))
    document = preliminary(folder)
    first = read_report(document).content
    (folder / "preliminary.dcm").write_bytes(document)
    desk = sit_down(folder)
    tour, hands = desk.tour, desk.tour.hands
    row = tour.row(lambda each: each.task.modality == "US", "the ultrasound")
    tour.open(row)
    tour.see_images()
    panel = tour.desk.panel
    hands.wait(panel.note.isVisible, "the preliminary report is named")
    assert panel.editor.sections()[3].text == "Cyst of the left kidney."
    hands.press("F6")
    panel.editor.go_to_text(SectionKind.FINDINGS, "left")
    hands.type("RIGHT")
    tour.saved()
    hands.press("Ctrl+Return")
    hands.wait(lambda: panel.signing_now, "the sign panel opens")
    assert "No class of discrepancy is chosen" in [
        each.title for each in panel.sign_panel.open_findings
    ]
    html = panel.sign_panel._text.toHtml()
    assert "line-through" in html
    press_until(tour, "Tab", lambda: words_of(hands.focus()) == "Enter it")
    hands.press("Return")
    hands.wait(panel.note.discrepancy.hasFocus, "the keyboard is where the class is chosen")
    press_until(tour, "Down", lambda: panel.note.discrepancy.currentText() == Discrepancy.MAJOR)
    tour.saved()
    hands.press("Ctrl+Return")
    hands.wait(lambda: panel.signing_now, "the sign panel opens again")
    signer = panel.sign_panel._signer.text()
    assert "Preliminary report by RESIDENT, Rae: " in signer
    assert Discrepancy.MAJOR.value in signer
    hands.picture("second-reading")
    hands.press("Escape")
    entry = tour.sign()
    delivered = as_delivered(desk, entry)
    held = signed_forms(desk, entry)
    resource = json.loads(held["report.fhir.json"])
    assert resource["status"] == "final"
    message = hl7.parse(held["report.hl7"].decode(), encoding="utf-8")
    assert {str(obx[11]) for obx in message.segments("OBX")} == {"F"}
    for content in held.values():
        assert Discrepancy.MAJOR.value.encode() not in content
    read = read_report(delivered)
    assert read.agrees is True
    assert read.content.author == RESIDENT.name
    assert read.content.predecessor is not None
    assert read.content.predecessor.sop_instance_uid == first.document_uid
    assert "RIGHT kidney" in read.content.sections[3].text
    # What an attending thought of it is no part of the patient's record.
    assert Discrepancy.MAJOR.value.encode() not in delivered


def test_what_a_resident_signs_goes_out_as_preliminary_in_every_form(
    sit_down_as: SitAs, tmp_path: Path
) -> None:
    folder = tmp_path / "served"
    write_all(folder, only=("us-abdomen",))
    desk = sit_down_as(folder, replace(READER, role=Role.RESIDENT))
    tour, hands = desk.tour, desk.tour.hands
    tour.open(tour.row(lambda each: each.task.modality == "US", "the ultrasound"))
    tour.see_images()
    tour.write(SectionKind.FINDINGS, "Cyst of the left kidney.")
    tour.write(SectionKind.IMPRESSION, "Cyst.")
    tour.saved()
    hands.press("Ctrl+Return")
    panel = tour.desk.panel
    hands.wait(lambda: panel.signing_now, "the sign panel opens")
    assert not panel.sign_panel._final.isEnabled(), "a resident signs no final report"
    panel.sign_panel._preliminary.setFocus()
    hands.press("Space")
    hands.wait(
        lambda: [each.state.value for each in tour.bench.delivering.entries()] == ["delivered"],
        "the preliminary report is delivered",
    )
    (entry,) = tour.bench.delivering.entries()
    read = read_report(as_delivered(desk, entry))
    assert read.content.state is ReportState.PRELIMINARY
    assert read.content.reader.role is Role.RESIDENT
    held = signed_forms(desk, entry)
    assert json.loads(held["report.fhir.json"])["status"] == "preliminary"
    message = hl7.parse(held["report.hl7"].decode(), encoding="utf-8")
    assert {str(obx[11]) for obx in message.segments("OBX")} == {"P"}
    assert str(message.segment("OBR")[25]) == "P"
