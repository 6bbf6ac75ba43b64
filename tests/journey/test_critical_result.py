"""A pneumothorax is typed, proposed, noted, told by telephone, and reaches the site as data."""

from __future__ import annotations

from pathlib import Path

from tests.journey.conftest import Sit
from tests.journey.test_amending import as_delivered
from workstation.dicom.sr_reading import read_report
from workstation.domain.report import SectionKind
from workstation.phantoms import write_all


def test_a_critical_result_is_told_with_keys_and_stands_in_the_report(
    sit_down: Sit, tmp_path: Path
) -> None:
    folder = tmp_path / "served"
    write_all(folder, only=("us-abdomen",))
    desk = sit_down(folder)
    tour, hands = desk.tour, desk.tour.hands
    row = tour.row(lambda each: each.task.modality == "US", "the ultrasound")
    tour.open(row)
    tour.see_images()
    panel, results = tour.desk.panel, tour.bench.critical
    assert not panel.critical_bar.isVisible()
    tour.write(SectionKind.FINDINGS, "Free air below the diaphragm.")
    tour.write(SectionKind.IMPRESSION, "Free air.")
    tour.saved()
    hands.wait(panel.critical_bar.isVisible, "the words propose a critical result")
    hands.press("F7")
    hands.press("Return")
    study = row.task.study_instance_uid
    hands.wait(lambda: len(results.of(study)) == 1, "it is noted")
    # Its clock is in sight on the other tabs too.
    hands.press("Ctrl+K")
    hands.wait(lambda: panel.tabs.tabText(0) == "Report   0 min", "the clock on the tab")
    hands.press("F6")

    hands.press("Ctrl+Return")
    hands.wait(lambda: panel.signing_now, "the sign panel opens")
    warned = [each.title for each in panel.sign_panel.open_findings]
    assert "Nobody has been told: Free air" in warned
    hands.press("Escape")

    hands.press("F7")
    hands.type("Dr Oyelaran, ED")
    hands.press("Return")
    hands.wait(lambda: not results.open_results(), "somebody was told")
    (told,) = results.of(study)
    assert told.communication is not None
    assert told.communication.told_to == "Dr Oyelaran, ED"
    hands.wait(lambda: panel.tabs.tabText(0) == "Report", "the clock goes when somebody knows")
    entry = tour.sign()
    read = read_report(as_delivered(desk, entry))
    assert read.agrees is True
    assert read.content.critical[0].communication == told.communication
    said = {each.kind: each.text for each in read.content.sections}[SectionKind.COMMUNICATION]
    assert "Free air: found" in said
    assert "told by VIDAL, Ana to Dr Oyelaran, ED (telephone)" in said
    assert "not read back" in said
