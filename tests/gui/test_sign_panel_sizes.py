"""Signing at large text in a small window: nothing is pushed off the screen, no name is cut."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.gui.text_sizes import apply
from workstation.domain.report import CheckFinding, CheckSeverity, Section, SectionKind
from workstation.ui import theme
from workstation.ui.report.sign_panel import SignPanel, SignRequest

LONG = "WOLFESCHLEGELSTEINHAUSENBERGERDORFF-MONTGOMERY, Maximiliane Alexandrina"


def request() -> SignRequest:
    """What is asked of a reader with two checks open."""
    finding = CheckFinding(
        "empty", CheckSeverity.BLOCK, "The impression is empty", "It is what is read first."
    )
    return SignRequest(
        patient=LONG,
        details="F   61 y   2 Mar 1965   ID 4471-20983",
        study="CT head without contrast",
        sections=(Section(SectionKind.FINDINGS, "Nothing new."),),
        findings=(finding,),
        checks_made=18,
        destinations=(("Reading service", "Report (SR) and PDF", "receipt for each"),),
        signer="VIDAL, Ana",
    )


@pytest.mark.parametrize(("scale", "width", "height"), [(2.0, 600, 670), (1.0, 360, 670)])
def test_the_panel_fits_and_the_name_is_whole(
    qtbot: QtBot, qapp: QApplication, scale: float, width: int, height: int
) -> None:
    theme.apply(qapp, scale=scale)
    panel = SignPanel()
    qtbot.addWidget(panel)
    panel.setFixedWidth(width)
    panel.show_request(request())
    panel.resize(width, height)
    panel.show()
    qtbot.waitUntil(lambda: panel.height() == height)
    assert panel.minimumSizeHint().height() <= height
    name = panel._name
    room = panel.width() - 2 * theme.px(20)
    font = QFontMetricsF(name.font())
    assert all(font.horizontalAdvance(part) <= room for part in LONG.replace("-", "- ").split())
    assert name.height() >= name.heightForWidth(name.width())
    assert name.width() <= panel.width()
    for each in (panel._final, panel._preliminary, panel._key_cap):
        corner = each.mapTo(panel, each.rect().bottomRight())
        assert not each.isVisible() or panel.rect().contains(corner)
    assert panel._final.isVisible()
    assert panel._back.width() >= panel._back.sizeHint().width()
    assert panel._esc.isHidden() or panel._esc.width() >= panel._esc.sizeHint().width()
    sent = panel._destinations
    assert "Reading service" in [each.text() for each in sent.findChildren(QLabel)]
    assert sent.isVisible()
    assert sent.height() >= sent.sizeHint().height()


def _warning(number: int) -> CheckFinding:
    return CheckFinding(
        "fields", CheckSeverity.WARNING, f"{number} open fields in findings", "pleura, nodes, heart"
    )


def _asked(number: int, text: str = "Nothing new.") -> SignRequest:
    findings = tuple(_warning(each + 2) for each in range(number))
    sections = (Section(SectionKind.FINDINGS, text),)
    return replace(request(), findings=findings, sections=sections)


def _panel(qtbot: QtBot, held: SignRequest, width: int, height: int) -> SignPanel:
    panel = SignPanel()
    qtbot.addWidget(panel)
    panel.setFixedWidth(width)
    panel.show_request(held)
    panel.resize(width, height)
    panel.show()
    return panel


def test_checks_are_all_in_sight_where_the_text_leaves_the_room(qtbot: QtBot) -> None:
    """As in picture 04 of the drawings: three checks whole above a short text."""
    panel = _panel(qtbot, _asked(3), 520, 1032)
    bar = panel._checks.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() == 0 and panel._checks.height() > 300)


def test_a_long_text_and_many_checks_share_a_high_panel(qtbot: QtBot) -> None:
    panel = _panel(qtbot, _asked(9, "Nothing new. " * 300), 520, 1032)
    checks, text = panel._checks, panel._text
    qtbot.waitUntil(lambda: checks.verticalScrollBar().maximum() > 0)
    qtbot.waitUntil(lambda: min(checks.height(), text.height()) > 250)
    assert text.verticalScrollBar().maximum() > 0


@pytest.mark.parametrize(("scale", "width", "height"), [(2.0, 600, 670), (2.0, 691, 984)])
def test_where_there_is_little_height_all_of_it_scrolls_as_one(
    qtbot: QtBot, scale: float, width: int, height: int
) -> None:
    """No slit of two lines that scrolls in a slit that scrolls; no part lies over another."""
    apply(scale)
    panel = _panel(qtbot, _asked(4, "Nothing new. " * 20), width, height)

    def whole() -> bool:
        parts = (panel._checks, panel._text)
        places = [each.geometry() for each in (*parts, panel._destinations)]
        return all(each.verticalScrollBar().maximum() == 0 for each in parts) and not any(
            a.intersects(b) for at, a in enumerate(places) for b in places[at + 1 :]
        )

    qtbot.waitUntil(whole)
    assert panel._final.isVisible()


def test_another_text_size_leaves_no_part_over_another(qtbot: QtBot) -> None:
    panel = _panel(qtbot, _asked(2), 691, 984)
    apply(2.0)
    parts = (panel._checks, panel._text)

    def apart() -> bool:
        places = [each.geometry() for each in (*parts, panel._destinations)]
        return panel._text.minimumHeight() > 128 and not any(
            a.intersects(b) for at, a in enumerate(places) for b in places[at + 1 :]
        )

    qtbot.waitUntil(apart)
    sent = [each for each in panel._destinations.findChildren(QLabel) if each.text()]
    qtbot.waitUntil(
        lambda: all(
            each.height() >= each.heightForWidth(each.width())
            if each.wordWrap()
            else each.width() >= each.sizeHint().width()
            for each in sent
        )
    )
