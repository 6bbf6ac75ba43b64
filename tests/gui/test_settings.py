"""The settings by keyboard and mouse: every declared setting, services, keys, this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.gui import fakes
from tests.gui.text_sizes import apply, too_small
from workstation.commands import registry
from workstation.domain.errors import LoginRefused
from workstation.settings import DECLARATIONS
from workstation.ui.job_bridge import JobBridge
from workstation.ui.main_window import MainWindow
from workstation.ui.settings.controls import Line, Segments, Switch
from workstation.ui.settings.row import SettingRow
from workstation.ui.settings.services import ServiceForm, ServicesSection
from workstation.workflow.jobs import Jobs

Picture = Callable[[QWidget, str], Path]
SERVICE = {"id": "brennan", "name": "Brennan General", "url": "https://a.example/rs"}


class Open:
    """The window with its settings open."""

    def __init__(self, qtbot: QtBot) -> None:
        self.unhandled: list[BaseException] = []
        self.jobs = Jobs(self.unhandled.append)
        self.bridge = JobBridge(self.jobs)
        self.bench, self.qtbot = fakes.FakeWorkbench(), qtbot
        self.window = MainWindow(self.bench, self.bridge)
        qtbot.addWidget(self.window)
        self.window.resize(1920, 1080)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.key(Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)

    def key(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(self.window.windowHandle(), key, modifier)

    def write(self, text: str) -> None:
        for letter in text:
            QTest.keyClick(self.window.windowHandle(), letter)

    @property
    def page(self):  # type: ignore[no-untyped-def]
        page = self.window.settings_page
        assert page is not None
        return page

    def row(self, key: str) -> SettingRow:
        declared = next(each for each in DECLARATIONS if each.key == key)
        self.page.show_page(declared.page)
        found: SettingRow = self.page.groups[declared.page].rows[key]
        return found

    def line(self, key: str) -> Line:
        control = self.row(key).control
        assert isinstance(control, Line)
        return control

    @property
    def services(self) -> ServicesSection:
        self.page.show_page("Services")
        found = self.page.groups["Services"].sections["services"]
        assert isinstance(found, ServicesSection)
        return found

    def form(self) -> ServiceForm:
        form = self.services.form
        assert isinstance(form, ServiceForm)
        return form

    def press(self, holder: QWidget, name: str) -> None:
        def found() -> list[QPushButton]:
            buttons = holder.findChildren(QPushButton)
            return [each for each in buttons if each.accessibleName() == name and each.isVisible()]

        self.qtbot.waitUntil(lambda: bool(found()))
        QTest.mouseClick(found()[0], Qt.MouseButton.LeftButton)


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Open]:
    made = Open(qtbot)
    yield made
    made.window.close()
    made.jobs.close()
    made.bridge.close()
    assert made.unhandled == []


def test_each_declared_setting_has_its_place(opened: Open) -> None:
    found = {key for group in opened.page.groups.values() for key in (*group.rows, *group.sections)}
    assert found == {each.key for each in DECLARATIONS}


def test_escape_goes_back_to_where_the_reader_was(opened: Open) -> None:
    assert opened.window.pages.currentWidget() is opened.page
    opened.key(Qt.Key.Key_Escape)
    assert opened.window.pages.currentIndex() == 0
    assert opened.window.list_page.table.hasFocus()


def test_the_button_of_the_top_bar_opens_the_settings(opened: Open) -> None:
    opened.key(Qt.Key.Key_Escape)
    opened.press(opened.window.top, "Settings")
    assert opened.window.pages.currentWidget() is opened.page


def test_the_keys_alone_reach_a_setting_and_change_it(opened: Open) -> None:
    opened.key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    opened.write("high contrast")
    opened.key(Qt.Key.Key_Down)
    opened.key(Qt.Key.Key_Tab)
    switch = opened.row("display.high_contrast").control
    assert isinstance(switch, Switch)
    for _ in range(4):
        if switch.hasFocus():
            break
        opened.key(Qt.Key.Key_Tab)
    opened.key(Qt.Key.Key_Space)
    assert opened.bench.settings.flag("display.high_contrast")


def test_a_search_leaves_what_matches_and_escape_clears_it(opened: Open) -> None:
    opened.page.search.setFocus()
    opened.write("gsdf")
    shown = [
        key
        for group in opened.page.groups.values()
        for key, row in group.rows.items()
        if not row.isHidden()
    ]
    assert shown == ["display.white_cd_m2"]
    assert opened.page.pages.currentWidget() is opened.page.groups["Display"]
    opened.key(Qt.Key.Key_Escape)
    assert opened.page.search.text() == ""
    assert opened.window.pages.currentWidget() is opened.page


def test_a_search_for_nothing_says_so(opened: Open) -> None:
    opened.page.search.setFocus()
    opened.write("xyzzy")
    assert "xyzzy" in opened.page.nothing.text()
    assert not opened.page.nothing.isHidden()


@pytest.mark.parametrize(
    ("written", "sentence"), [("fast", "whole number"), ("2", "at least 5"), ("900", "at most 600")]
)
def test_a_wrong_number_is_said_and_not_taken(opened: Open, written: str, sentence: str) -> None:
    line = opened.line("services.poll_seconds")
    line.field.setFocus()
    line.field.selectAll()
    opened.write(written)
    opened.key(Qt.Key.Key_Return)
    row = opened.row("services.poll_seconds")
    assert sentence in row.problem.text()
    assert "services.poll_seconds" not in row.problem.text()
    assert opened.bench.settings.number("services.poll_seconds") == 30


def test_a_changed_value_carries_its_badges_and_is_reset(opened: Open) -> None:
    line = opened.line("services.poll_seconds")
    line.field.setFocus()
    line.field.selectAll()
    opened.write("60")
    opened.key(Qt.Key.Key_Return)
    row = opened.row("services.poll_seconds")
    assert opened.bench.settings.number("services.poll_seconds") == 60
    assert not row.changed.isHidden()
    assert not row.later.isHidden()
    QTest.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert opened.bench.settings.number("services.poll_seconds") == 30
    assert row.changed.isHidden()
    assert row.later.isHidden()


def test_measures_that_contradict_each_other_are_refused(opened: Open) -> None:
    line = opened.line("display.white_cd_m2")
    line.field.setFocus()
    line.field.selectAll()
    opened.write("0.2")
    opened.key(Qt.Key.Key_Return)
    assert opened.row("display.white_cd_m2").problem.text()
    assert opened.bench.settings.number("display.white_cd_m2") == 0


def test_a_choice_is_taken_with_the_mouse(opened: Open) -> None:
    choice = opened.row("viewer.left_drag").control
    assert isinstance(choice, Segments)
    opened.press(choice, "Scroll")
    assert opened.bench.settings.text("viewer.left_drag") == "scroll"


def test_a_service_is_added_and_its_secret_goes_to_the_keyring(opened: Open) -> None:
    opened.press(opened.services, "Add a reading service")
    form = opened.form()
    opened.write("Brennan General")
    form.line("url").setText("https://a.example/rs")
    form.chooser("auth").setCurrentText("basic")
    form.line("user").setText("ana")
    form.secret.setFocus()
    opened.write("s3cret")
    opened.key(Qt.Key.Key_Return)
    opened.qtbot.waitUntil(lambda: bool(opened.bench.settings.services()))
    (held,) = opened.bench.settings.services()
    assert held == {
        "id": "brennan-general",
        "name": "Brennan General",
        "url": "https://a.example/rs",
        "auth": "basic",
        "user": "ana",
    }
    assert opened.bench.credentials.held == {("brennan-general", "PASSWORD"): "s3cret"}
    opened.qtbot.waitUntil(lambda: opened.services.form is None)


def test_a_service_without_an_address_is_refused_in_words(opened: Open) -> None:
    opened.services.edit(-1)
    opened.write("Brennan")
    opened.key(Qt.Key.Key_Return)
    assert opened.form().problem.text() == "Address must not be empty."
    assert opened.bench.settings.services() == ()


def test_without_a_keyring_the_secret_is_not_written_anywhere(opened: Open) -> None:
    opened.bench.credentials.locked = True
    opened.bench.settings.set("services", ({**SERVICE, "auth": "bearer"},))
    opened.services.edit(0)
    form = opened.form()
    form.secret.setText("token")
    opened.press(form, "Keep")
    opened.qtbot.waitUntil(form.failure.isVisible)
    assert "NOCTURNE_TOKEN_BRENNAN" in form.failure.accessibleName()
    assert opened.bench.settings.services() == ({**SERVICE, "auth": "bearer"},)


def test_a_service_is_tested_as_it_is_entered(opened: Open) -> None:
    opened.bench.settings.set("services", (SERVICE,))
    opened.services.edit(0)
    form = opened.form()
    form.line("url").setText("https://b.example/rs")
    opened.press(form, "Test connection")
    opened.qtbot.waitUntil(form.result.isVisible)
    assert "9 tasks" in form.result.text()
    assert opened.bench.asked.entries[-1][0]["url"] == "https://b.example/rs"
    assert opened.bench.settings.services() == (SERVICE,)


def test_a_refused_test_says_what_to_do(opened: Open) -> None:
    opened.bench.asked.refuses = LoginRefused("The login was refused.", remedy="Correct it.")
    opened.bench.settings.set("services", (SERVICE,))
    opened.services.edit(0)
    form = opened.form()
    opened.press(form, "Test connection")
    opened.qtbot.waitUntil(form.failure.isVisible)
    assert "Correct it." in form.failure.accessibleName()


def test_a_silent_service_can_be_given_up(opened: Open) -> None:
    opened.bench.asked.silent = True
    opened.bench.settings.set("services", (SERVICE,))
    opened.services.edit(0)
    form = opened.form()
    opened.press(form, "Test connection")
    opened.qtbot.waitUntil(lambda: "tasks" in form.step.text())
    opened.press(form, "Cancel the test")
    assert form.result.text() == "The test was cancelled."
    opened.qtbot.waitUntil(lambda: opened.bench.asked.closed == 1)


def test_escape_closes_the_form_before_the_settings(opened: Open) -> None:
    opened.services.edit(-1)
    opened.key(Qt.Key.Key_Escape)
    assert opened.services.form is None
    assert opened.window.pages.currentWidget() is opened.page


def test_a_service_is_removed_only_after_a_second_word(opened: Open) -> None:
    opened.bench.settings.set("services", ({**SERVICE, "id": "unused"},))
    opened.press(opened.services, "Remove Brennan General")
    assert len(opened.bench.settings.services()) == 1
    opened.press(opened.services, "Remove Brennan General for good")
    opened.qtbot.waitUntil(lambda: opened.bench.settings.services() == ())


def test_a_service_that_reports_wait_for_is_kept(opened: Open) -> None:
    waiting = next(e for e in opened.bench.delivering.held if e.state.name != "DELIVERED")
    entry = {**SERVICE, "id": waiting.service_id}
    opened.bench.settings.set("services", (entry,))
    opened.services._ask(0)
    opened.press(opened.services, "Remove Brennan General for good")
    opened.qtbot.waitUntil(opened.services.problem.isVisible)
    assert "wait" in opened.services.problem.text()
    assert opened.bench.settings.services() == (entry,)


def test_the_keys_page_shows_the_table_of_commands(opened: Open) -> None:
    table = registry.load_all()
    wanted = {each.title: each.keys for each in table.commands() if each.keys}
    assert opened.page.keys.shown() == wanted


def test_this_machine_shows_each_finding_with_its_remedy(opened: Open) -> None:
    opened.page.nav.setCurrentRow(opened.page.nav.count() - 1)
    opened.qtbot.waitUntil(lambda: len(opened.page.machine.findings) == 1)
    texts = [
        each.text() for each in opened.page.machine.findChildren(QWidget) if hasattr(each, "text")
    ]  # type: ignore[attr-defined]
    assert "Free at least 5 GB." in texts


def test_pictures(opened: Open, picture: Picture) -> None:
    for width, height in ((1920, 1080), (1366, 768)):
        opened.window.resize(width, height)
        QApplication.processEvents()
        for page in opened.page.groups:
            opened.page.show_page(page)
            assert picture(opened.window, f"settings-{page.lower()}-{width}").exists()


def test_every_page_of_the_settings_follows_the_text_size_that_is_set_on_it(opened: Open) -> None:
    assert too_small(opened.page) == []
    apply(2.0)
    opened.qtbot.waitUntil(lambda: too_small(opened.page) == [])
