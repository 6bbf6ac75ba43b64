"""After the signature: an addendum and a correction go out; the first report stays as it was."""

from __future__ import annotations

from pathlib import Path

from tests.journey.conftest import Desk, Sit
from tests.journey.test_first_read import read_back, task_state, words
from workstation.dicom.sr_reading import read_report
from workstation.domain.delivery import OutboxEntry
from workstation.domain.report import Report, SectionKind, Version
from workstation.phantoms import write_all
from workstation.services.service import ReadingService
from workstation.storage.database import Database
from workstation.storage.journal import Audit, Drafts
from workstation.storage.vault import OpenVault
from workstation.tour.journey import Tour


def amend(tour: Tour, key: str) -> None:
    """Choose the newest delivered report and press a key of the outbox."""
    hands, desk = tour.hands, tour.desk
    hands.press("Ctrl+O")
    hands.wait(lambda: desk.outbox_page.table.current() is not None, "a report is chosen")
    hands.press(key)
    hands.wait(lambda: desk.pages.currentWidget() is desk.room, "the case opens again")
    hands.wait(lambda: desk.panel.editor.isEnabled(), "the draft opens")
    tour.see_images()


def by_version(tour: Tour) -> dict[Version, OutboxEntry]:
    return {each.version: each for each in tour.bench.delivering.entries()}


def signed_here(desk: Desk, entry: OutboxEntry) -> tuple[Report, ...]:
    """The signed versions on this disk, read beside the program."""
    database = Database(desk.demo.home.database)
    try:
        return Drafts(database, OpenVault()).signed(entry.study_instance_uid)
    finally:
        database.close()


def audited(desk: Desk) -> list[str]:
    """The events of the audit log; each is about the study alone."""
    database = Database(desk.demo.home.database)
    try:
        entries = Audit(database).entries()
    finally:
        database.close()
    assert len({subject for _, _, subject in entries}) == 1
    return [event for _, event, _ in entries]


def test_an_addendum_and_a_correction_follow_a_report_that_never_changes(
    sit_down: Sit, tmp_path: Path
) -> None:
    folder = tmp_path / "served"
    write_all(folder, only=("us-abdomen",))
    desk = sit_down(folder)
    tour, hands = desk.tour, desk.tour.hands
    tour.open(tour.row(lambda each: each.task.modality == "US", "the ultrasound"))
    tour.see_images()
    tour.write(SectionKind.FINDINGS, "Simple cyst of the left kidney.")
    tour.write(SectionKind.IMPRESSION, "Simple cyst.")
    tour.saved()
    first = tour.sign()
    original = tour.bench.delivering.entries()[0]
    signed = signed_here(desk, first)

    amend(tour, "A")
    panel = desk.tour.desk.panel
    assert [each.kind for each in panel.editor.sections()] == [SectionKind.ADDENDUM]
    assert "Simple cyst of the left kidney." in panel.note.before.toPlainText()
    assert not panel.template.isEnabled()
    hands.press("F6")
    hands.type("Read again with the prior: the cyst has not grown.")
    tour.saved()
    tour.sign()

    amend(tour, "Shift+C")
    hands.press("F6")
    editor = panel.editor
    editor.go_to_text(SectionKind.FINDINGS, "left")
    hands.type("RIGHT")
    hands.press("Ctrl+Return")
    hands.wait(lambda: panel.signing_now, "the sign panel opens")
    titles = [each.title for each in panel.sign_panel.open_findings]
    assert "The corrected report does not say why" in titles
    hands.press("Ctrl+Return")
    assert len(tour.bench.delivering.entries()) == 2
    hands.press("Escape")
    hands.press("Shift+F6")
    hands.type("The cyst is on the right.")
    hands.press("Return")
    hands.wait(editor.hasFocus, "the keyboard is in the text again")
    tour.saved()
    tour.sign()

    held = by_version(tour)
    addendum = read_report(as_delivered(desk, held[Version.ADDENDUM]))
    assert addendum.agrees is True
    texts = {each.kind: each.text for each in addendum.content.sections}
    assert "Simple cyst of the left kidney." in texts[SectionKind.FINDINGS]
    assert texts[SectionKind.ADDENDUM] == "Read again with the prior: the cyst has not grown."
    assert addendum.content.predecessor is not None
    assert addendum.content.predecessor.sop_instance_uid == first.objects[0].sop_instance_uid
    corrected = read_report(as_delivered(desk, held[Version.CORRECTION]))
    assert corrected.agrees is True
    assert corrected.content.predecessor is not None
    assert (
        corrected.content.predecessor.sop_instance_uid
        == held[Version.ADDENDUM].objects[0].sop_instance_uid
    )
    findings = next(s for s in corrected.content.sections if s.kind is SectionKind.FINDINGS)
    assert "RIGHT kidney" in findings.text
    notes = [s.text for s in corrected.content.sections if s.kind is SectionKind.ADDENDUM]
    assert notes == [
        "Read again with the prior: the cyst has not grown.",
        "Corrected report. Reason: The cyst is on the right.",
    ]
    assert "left kidney" in words(read_back(desk, original))
    assert tour.bench.delivering.entries()[0] == original
    assert signed_here(desk, first)[: len(signed)] == signed
    assert audited(desk) == [
        "study opened", "report signed", "report delivered",
        "study opened", "report addended", "report delivered",
        "study opened", "report corrected", "report delivered",
    ]  # fmt: skip
    assert task_state(desk, original)[0] == "COMPLETED"


def as_delivered(desk: Desk, entry: OutboxEntry) -> bytes:
    """The bytes that the service gives to anybody."""
    client = ReadingService(desk.demo.endpoint)
    try:
        return client.read_back(entry.study_instance_uid, entry.objects[0])
    finally:
        client.close()
