"""Nothing is signed that is not on the screen: the report may be hidden beside the images (F3)."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.report_scene import Scene, opened, task
from workstation.domain.report import SectionKind


@pytest.fixture
def scene(qtbot: QtBot, report_scene: Scene) -> Scene:
    opened(qtbot, report_scene, task())
    editor = report_scene.panel.editor
    for kind in (SectionKind.FINDINGS, SectionKind.IMPRESSION):
        editor.go_to_section(kind)
        editor.insert_words("Clear.")
    return report_scene


@pytest.mark.parametrize("asked", ["sign_report", "show_checks"])
def test_who_asks_to_sign_a_hidden_report_sees_it(qtbot: QtBot, scene: Scene, asked: str) -> None:
    panel = scene.panel
    panel.hide()
    with qtbot.waitSignal(panel.signing.asked):
        getattr(panel, asked)()
    assert panel.sign_panel.isVisible()


def test_the_key_that_signs_shows_a_report_that_was_hidden_meanwhile_and_signs_nothing(
    qtbot: QtBot, scene: Scene
) -> None:
    panel = scene.panel
    with qtbot.waitSignal(panel.signing.asked):
        panel.sign_report()
    tried: list[bool] = []
    panel.sign_panel.sign.connect(tried.append)
    panel.hide()
    with qtbot.waitSignal(panel.signing.asked):
        panel.sign_report()
    assert tried == []
    assert panel.sign_panel.isVisible()
