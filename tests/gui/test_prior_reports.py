"""Earlier reports beside the report, and what is named as comparison."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from workstation.domain.report import Section, SectionKind
from workstation.ui.report.prior_reports import PriorReport, PriorReports, with_comparison
from workstation.ui.report.report_html import changes_html
from workstation.ui.report.signable import nothing_to_sign

COMPARISON, FINDINGS = SectionKind.COMPARISON, SectionKind.FINDINGS
CT = PriorReport(
    "CT chest", "12 Mar 2026", "final, IQBAL, S", (("impression", "No acute finding."),)
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "CT chest of 12 Mar 2026."),
        ("None.", "CT chest of 12 Mar 2026."),
        ("[prior]", "CT chest of 12 Mar 2026."),
        ("MR of 2024.", "MR of 2024.\nCT chest of 12 Mar 2026."),
        ("CT chest of 12 Mar 2026.", "CT chest of 12 Mar 2026."),
    ],
)
def test_an_earlier_study_is_named_once_below_those_named_before(before: str, after: str) -> None:
    made = with_comparison(
        (Section(FINDINGS, "Clear."), Section(COMPARISON, before)), CT.comparison
    )
    assert made == (Section(FINDINGS, "Clear."), Section(COMPARISON, after))


def test_the_button_of_a_prior_names_it_as_comparison(qtbot: QtBot) -> None:
    shown, asked = PriorReports(), []
    qtbot.addWidget(shown)
    shown.comparison_asked.connect(asked.append)
    shown.show_reports([CT])
    shown.show()
    (name,) = (each for each in shown.findChildren(QPushButton) if "Name" in each.text())
    QTest.mouseClick(name, Qt.MouseButton.LeftButton)
    assert asked == ["CT chest of 12 Mar 2026."]


@pytest.mark.parametrize(
    ("text", "signable"),
    [("", False), ("Lungs: [lungs]\nPleura:", False), ("Lungs: clear.", True), ("{{m:1}}", True)],
)
def test_what_holds_no_word_cannot_be_signed(text: str, signable: bool) -> None:
    held = (Section(SectionKind.TECHNIQUE, "CT."), Section(FINDINGS, text))
    assert (nothing_to_sign(held) == "") is signable


def _against(qtbot: QtBot, prior: PriorReport, *now: Section) -> str:
    shown = PriorReports()
    qtbot.addWidget(shown)
    shown.current = lambda: now
    shown.show_reports([prior])
    shown.show()
    (compare,) = (each for each in shown.findChildren(QPushButton) if "Against" in each.text())
    QTest.mouseClick(compare, Qt.MouseButton.LeftButton)
    (text,) = shown.texts
    return text.toHtml()


def test_a_prior_against_the_text_of_now_shows_what_came_and_what_went(qtbot: QtBot) -> None:
    then = "Nodule of 6 mm in the left lower lobe. No effusion. Old rib fracture."
    now = "Nodule of 9 mm in the left lower lobe. No effusion. Small hiatus hernia."
    prior = PriorReport("CT chest", "12 Mar 2026", "final", (("findings", then),))
    html = _against(qtbot, prior, Section(FINDINGS, now), Section(SectionKind.TECHNIQUE, "CT."))
    struck = re.findall(r"line-through[^>]*>([^<]+)<", html)
    new = re.findall(r"text-decoration: underline[^>]*>([^<]+)<", html)
    assert [each.strip() for each in struck] == ["6", "Old rib fracture."]
    assert [each.strip() for each in new] == ["9", "Small hiatus hernia."]
    assert "TECHNIQUE" not in html


def test_a_prior_of_another_make_is_compared_as_a_whole(qtbot: QtBot) -> None:
    prior = PriorReport("CT chest", "", "somebody", (("", "No effusion. Clear lungs."),))
    html = _against(
        qtbot,
        prior,
        Section(FINDINGS, "No effusion."),
        Section(SectionKind.IMPRESSION, "Clear lungs."),
    )
    assert "the same words" in html or "line-through" not in html


def test_what_is_struck_through_and_what_is_new_are_parted() -> None:
    before = (Section(SectionKind.IMPRESSION, "Large left pneumothorax."),)
    after = (Section(SectionKind.IMPRESSION, "Large right pneumothorax."),)
    assert "left right pneumothorax." in re.sub("<[^>]*>", "", changes_html(before, after))
