"""Signing at large text in a small window: nothing is pushed off the screen, no name is cut."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

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
    sent = panel._destinations
    assert "Reading service" in [each.text() for each in sent.findChildren(QLabel)]
    assert sent.isVisible()
    assert sent.height() >= sent.sizeHint().height()
