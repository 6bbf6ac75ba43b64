"""The window by keyboard and mouse, on a workbench in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from tests.gui import fakes
from workstation.domain.errors import LoginRefused, ServiceUnreachable, TaskTaken
from workstation.domain.reading_task import Priority, ReadingTask
from workstation.ui import theme
from workstation.ui.job_bridge import JobBridge
from workstation.ui.main_window import MainWindow
from workstation.ui.worklist.model import Case, Column, Group
from workstation.workflow.jobs import Jobs
from workstation.workflow.worklist_rows import RowState, ServiceState

Picture = Callable[[QWidget, str], Path]

OKONJO, ACKERMANN, LINDQVIST = "2.25.11820", "2.25.20983", "2.25.9341"
TAKEN = "2.25.18833"


class Room(QWidget):
    """A reading room that only remembers."""

    back_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.closed = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_task(self, task: ReadingTask) -> None:
        self.shown.append(task.workitem_uid)

    def close_study(self) -> None:
        self.closed += 1


class Desk:
    """The window with what stands behind it."""

    def __init__(self, qtbot: QtBot, jobs: Jobs, workbench: fakes.FakeWorkbench) -> None:
        self.bridge = JobBridge(jobs)
        self.workbench, self.room, self.qtbot = workbench, Room(), qtbot
        self.window = MainWindow(workbench, self.bridge, self.room)
        qtbot.addWidget(self.window)
        self.window.resize(1920, 1080)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        qtbot.waitUntil(lambda: len(self.window.outbox_page.entries()) > 0)
        self.table.setFocus()

    @property
    def table(self):  # type: ignore[no-untyped-def]
        return self.window.list_page.table

    @property
    def pane(self):  # type: ignore[no-untyped-def]
        return self.window.list_page.pane

    def key(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(self.window.windowHandle(), key, modifier)

    def write(self, text: str) -> None:
        for letter in text:
            QTest.keyClick(self.window.windowHandle(), letter)

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition)


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    unhandled: list[BaseException] = []
    made = Jobs(unhandled.append)
    yield made
    made.close()
    assert unhandled == []


@pytest.fixture
def desk(qtbot: QtBot, jobs: Jobs) -> Iterator[Desk]:
    made = Desk(qtbot, jobs, fakes.FakeWorkbench())
    yield made
    made.window.close()
    made.bridge.close()


def test_the_title_names_no_patient(desk: Desk) -> None:
    desk.key(Qt.Key.Key_Down)
    assert desk.window.windowTitle() == "Nocturne"


def test_arrows_step_over_the_headings(desk: Desk) -> None:
    seen = [desk.table.current_uid()]
    for _ in range(10):
        desk.key(Qt.Key.Key_Down)
        seen.append(desk.table.current_uid())
    assert len(set(seen)) == 11
    assert None not in seen


def test_a_heading_cannot_be_chosen(desk: Desk) -> None:
    before = desk.table.current_uid()
    model = desk.table.model()
    line = next(at for at, each in enumerate(model.entries()) if isinstance(each, Group))
    QTest.mouseClick(
        desk.table.viewport(),
        Qt.MouseButton.LeftButton,
        pos=desk.table.visualRect(model.index(line, 0)).center(),
    )
    assert desk.table.current_uid() == before


def test_enter_claims_fetches_at_once_and_opens(desk: Desk) -> None:
    desk.table.choose(ACKERMANN)
    desk.key(Qt.Key.Key_Return)
    desk.until(lambda: desk.room.shown == [ACKERMANN])
    assert desk.workbench.claiming.claims == [ACKERMANN]
    assert desk.workbench.retrieving.started == [("2.25.100020983", True)]
    assert desk.window.pages.currentWidget() is desk.room


def test_a_claim_that_comes_late_opens_nothing_over_the_case_that_was_opened_since(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    claiming, answered = desk.workbench.claiming, threading.Event()
    claim = claiming.claim

    def slow_at_first(task: ReadingTask) -> object:
        if task.workitem_uid == OKONJO:
            assert answered.wait(30)
        return claim(task)

    monkeypatch.setattr(claiming, "claim", slow_at_first)
    done: list[str] = []
    desk.window.list_page.tasks.claimed.connect(lambda task: done.append(task.workitem_uid))
    for uid in (OKONJO, ACKERMANN):
        desk.table.choose(uid)
        desk.key(Qt.Key.Key_Return)
    desk.until(lambda: desk.room.shown == [ACKERMANN])
    answered.set()
    desk.until(lambda: done == [ACKERMANN, OKONJO])
    assert desk.room.shown == [ACKERMANN]


def test_what_is_ours_opens_again(desk: Desk) -> None:
    desk.table.choose(OKONJO)
    desk.key(Qt.Key.Key_Return)
    desk.until(lambda: desk.room.shown == [OKONJO])


def test_a_double_click_opens(desk: Desk) -> None:
    point = desk.table.point_of(ACKERMANN)
    QTest.mouseClick(desk.table.viewport(), Qt.MouseButton.LeftButton, pos=point)
    QTest.mouseDClick(desk.table.viewport(), Qt.MouseButton.LeftButton, pos=point)
    desk.until(lambda: desk.room.shown == [ACKERMANN])


def test_back_from_the_room_closes_the_study(desk: Desk) -> None:
    desk.table.choose(OKONJO)
    desk.key(Qt.Key.Key_Return)
    desk.until(lambda: bool(desk.room.shown))
    desk.room.back_requested.emit()
    assert desk.room.closed == 1
    assert desk.table.hasFocus()


def test_c_claims_and_stays_in_the_list(desk: Desk) -> None:
    desk.table.choose(ACKERMANN)
    desk.key(Qt.Key.Key_C)
    desk.until(lambda: desk.workbench.claiming.claims == [ACKERMANN])
    desk.until(lambda: desk.pane.hand_back_button.isEnabled())
    assert desk.room.shown == []


def test_n_opens_the_most_urgent_case_that_can_be_read(desk: Desk) -> None:
    desk.key(Qt.Key.Key_N)
    desk.until(lambda: desk.room.shown == [OKONJO])


def test_nothing_happens_to_a_case_that_another_reader_has(desk: Desk) -> None:
    desk.table.choose(TAKEN)
    desk.key(Qt.Key.Key_C)
    desk.key(Qt.Key.Key_Return)
    assert not desk.pane.open_button.isEnabled()
    assert "B. Osei" in desk.pane.open_button.toolTip()
    assert desk.workbench.claiming.claims == []


def test_a_case_lost_in_the_race_says_who_has_it(desk: Desk) -> None:
    desk.workbench.claiming.refuses = TaskTaken(
        "B. Osei claimed this case a moment ago.",
        means="Another reader reports it.",
        remedy="Take the next case.",
        owner="B. Osei",
    )
    desk.table.choose(ACKERMANN)
    desk.key(Qt.Key.Key_Return)
    desk.until(lambda: desk.pane.message.isVisible())
    words = " ".join(each.text() for each in desk.pane.message.findChildren(QLabel))
    assert "B. Osei claimed this case" in words
    assert "Take the next case." in words
    assert desk.room.shown == []
    desk.key(Qt.Key.Key_Down)
    assert not desk.pane.message.isVisible()


def test_without_the_link_what_is_here_opens_all_the_same(desk: Desk) -> None:
    desk.workbench.claiming.refuses = ServiceUnreachable("Brennan does not answer.")
    desk.table.choose(ACKERMANN)
    desk.key(Qt.Key.Key_Return)
    desk.until(lambda: desk.room.shown == [ACKERMANN])
    assert desk.workbench.retrieving.started


def test_without_the_link_what_is_not_here_says_why_it_does_not_open(desk: Desk) -> None:
    desk.workbench.claiming.refuses = ServiceUnreachable("Halden does not answer.")
    desk.table.choose("2.25.13055")
    desk.key(Qt.Key.Key_Return)
    desk.until(lambda: desk.pane.message.isVisible())
    assert "Halden does not answer." in desk.pane.message.accessibleName()
    assert desk.room.shown == []


def test_a_case_that_is_still_being_sent_cannot_be_claimed(desk: Desk) -> None:
    desk.table.choose("2.25.83220")
    assert not desk.pane.open_button.isEnabled()
    assert "still sending" in desk.pane.claim_button.toolTip()


class TestHandBack:
    def test_h_asks_why_and_a_reason_sends_it(self, desk: Desk) -> None:
        desk.table.choose(OKONJO)
        desk.key(Qt.Key.Key_H)
        assert desk.pane.asking
        desk.key(Qt.Key.Key_Return)
        assert desk.pane.asking, "without a reason nothing is sent"
        desk.key(Qt.Key.Key_Space)
        desk.key(Qt.Key.Key_Return)
        desk.until(lambda: bool(desk.workbench.claiming.handed_back))
        assert desk.workbench.claiming.handed_back == [(OKONJO, "Not my field of reading")]
        assert not desk.pane.asking
        assert desk.table.hasFocus()
        assert desk.room.shown == [], "Enter in the form opens no case"

    def test_own_words_go_with_it(self, desk: Desk) -> None:
        desk.table.choose(OKONJO)
        desk.key(Qt.Key.Key_H)
        desk.pane.hand_back.findChildren(QRadioButton)[2].click()
        desk.pane.hand_back._words.setText("no requisition")
        assert desk.pane.hand_back.reason() == (
            "Clinical information or priors are missing: no requisition"
        )
        confirmed: list[str] = []
        desk.pane.hand_back.confirmed.connect(confirmed.append)
        desk.pane.hand_back._words.setFocus()
        desk.key(Qt.Key.Key_Return)
        assert len(confirmed) == 1
        desk.until(lambda: bool(desk.workbench.claiming.handed_back))

    def test_esc_keeps_the_case(self, desk: Desk) -> None:
        desk.table.choose(OKONJO)
        desk.key(Qt.Key.Key_H)
        desk.key(Qt.Key.Key_Escape)
        assert not desk.pane.asking
        assert desk.table.hasFocus()
        assert desk.workbench.claiming.handed_back == []

    def test_a_case_that_is_not_ours_is_not_asked_for(self, desk: Desk) -> None:
        desk.table.choose(ACKERMANN)
        desk.key(Qt.Key.Key_H)
        assert not desk.pane.asking


class TestFilter:
    def test_slash_filters_as_it_is_typed_and_esc_clears(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_Slash)
        assert desk.window.top.filter.hasFocus()
        desk.write("mr")
        assert {each.row.task.modality for each in desk.table.cases()} == {"MR"}
        desk.key(Qt.Key.Key_Escape)
        assert len(desk.table.cases()) == 11
        assert desk.table.hasFocus()

    def test_letters_in_the_filter_claim_nothing(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_Slash)
        desk.write("cnh")
        assert desk.workbench.claiming.claims == []
        assert desk.room.shown == []

    def test_enter_goes_to_the_list(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_Slash)
        desk.write("petrova")
        desk.key(Qt.Key.Key_Return)
        assert desk.table.hasFocus()
        assert desk.room.shown == []

    def test_nothing_found_is_said(self, desk: Desk) -> None:
        desk.window.list_page.set_filter("zzz")
        words = [each.text() for each in desk.window.list_page.findChildren(QLabel)]
        assert any("No case matches “zzz”" in each for each in words)


def test_a_click_on_a_header_sorts_and_a_second_turns_round(desk: Desk) -> None:
    header = desk.table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(Column.PATIENT) + 20, 10)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    names = [each.row.task.patient.name.display for each in desk.table.cases()]
    assert names == sorted(names, key=str.casefold)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    again = [each.row.task.patient.name.display for each in desk.table.cases()]
    assert again == names[::-1]


def test_the_chosen_case_stays_chosen_when_others_come(desk: Desk) -> None:
    desk.table.choose(LINDQVIST)
    fresh = fakes.row(5, "New^Case", minutes=3.5, priority=Priority.STAT, new=True)
    desk.workbench.worklist.held = (fresh, *desk.workbench.worklist.held)
    desk.workbench.worklist.tell()
    desk.until(lambda: len(desk.table.cases()) == 12)
    assert desk.table.current_uid() == LINDQVIST


def test_a_chosen_case_that_goes_leaves_its_place_to_a_neighbour(desk: Desk) -> None:
    desk.table.choose(LINDQVIST)
    held = desk.workbench.worklist.held
    desk.workbench.worklist.held = tuple(
        each for each in held if each.task.workitem_uid != LINDQVIST
    )
    desk.workbench.worklist.tell()
    desk.until(lambda: len(desk.table.cases()) == 10)
    assert desk.table.current_uid() is not None
    assert desk.pane.name.text() != "LINDQVIST, Tove"


def test_an_arriving_image_repaints_only_what_changed(desk: Desk) -> None:
    changed: list[int] = []
    model = desk.table.model()
    model.dataChanged.connect(lambda first, _last: changed.append(first.column()))
    reset: list[bool] = []
    model.modelReset.connect(lambda: reset.append(True))
    desk.workbench.worklist.change(ACKERMANN, here=191)
    desk.until(lambda: bool(changed))
    assert changed == [Column.DISK]
    assert reset == []


def test_a_minute_later_only_due_times_change(desk: Desk) -> None:
    changed: set[int] = set()
    desk.table.model().dataChanged.connect(lambda first, _last: changed.add(first.column()))
    desk.workbench.moment = fakes.NOW + fakes.timedelta(minutes=1)
    desk.window.list_page._show_entries()
    assert changed == {Column.DUE}
    due = {each.uid: each.due for each in desk.table.cases()}
    assert due[ACKERMANN] == "7 min"


def test_a_new_urgent_case_is_visible_until_it_is_looked_at(desk: Desk) -> None:
    def is_new() -> bool:
        return next(each.new for each in desk.table.cases() if each.uid == LINDQVIST)

    assert is_new()
    assert "New URGENT" in _status(desk)
    desk.table.choose(LINDQVIST)
    desk.key(Qt.Key.Key_C)
    desk.until(lambda: not is_new())
    desk.until(lambda: "New URGENT" not in _status(desk))
    assert desk.workbench.worklist.acknowledged == [LINDQVIST]


def _status(desk: Desk) -> str:
    return " ".join(each.text() for each in desk.window.status.findChildren(QLabel))


def test_f5_asks_again(desk: Desk) -> None:
    desk.key(Qt.Key.Key_F5)
    desk.until(lambda: desk.workbench.worklist.refreshed == 1)


def test_the_pool_holds_what_is_free(desk: Desk) -> None:
    desk.key(Qt.Key.Key_2)
    assert all(
        each.row.state in (RowState.FREE, RowState.INCOMPLETE) for each in desk.table.cases()
    )
    assert len(desk.table.cases()) == desk.window.list_page.counts()[1] == 8
    desk.key(Qt.Key.Key_1)
    assert len(desk.table.cases()) == 11


class TestOffline:
    def test_the_line_comes_and_goes_with_the_link(self, desk: Desk) -> None:
        assert not desk.window.offline.isVisible()
        desk.workbench.worklist.services = fakes.ALL_GONE
        desk.workbench.worklist.tell()
        desk.until(lambda: desk.window.offline.isVisible())
        assert desk.window.offline.happened.text() == "No reading service answers since 03:02."
        desk.table.choose(ACKERMANN)
        assert desk.pane.open_button.isEnabled()
        assert not desk.pane.claim_button.isEnabled()
        desk.workbench.worklist.services = fakes.SERVICES
        desk.workbench.worklist.tell()
        desk.until(lambda: not desk.window.offline.isVisible())

    def test_a_refused_login_is_not_called_a_lost_link(self, desk: Desk) -> None:
        desk.workbench.worklist.services = fakes.ALL_GONE
        desk.workbench.worklist.failed = LoginRefused(
            "Brennan refuses the login.", remedy="Correct user and password in the settings."
        )
        desk.workbench.worklist.tell()
        desk.until(lambda: desk.window.offline.isVisible())
        assert desk.window.offline.happened.text() == "Brennan refuses the login."

    def test_before_the_first_answer_nothing_is_called_gone(self, desk: Desk) -> None:
        desk.workbench.worklist.services = (ServiceState("a", "Brennan", reachable=False),)
        desk.workbench.worklist.tell()
        desk.until(lambda: "asking …" in _status(desk))
        assert not desk.window.offline.isVisible()

    def test_one_service_of_three_is_no_offline(self, desk: Desk) -> None:
        desk.workbench.worklist.services = (fakes.ALL_GONE[0], *fakes.SERVICES[1:])
        desk.workbench.worklist.tell()
        desk.until(lambda: "gone since 03:02" in _status(desk))
        assert not desk.window.offline.isVisible()


class TestOutbox:
    def test_ctrl_o_opens_it_and_esc_goes_back(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
        assert desk.window.outbox_page.isVisible()
        assert desk.window.outbox_page.table.hasFocus()
        desk.key(Qt.Key.Key_Escape)
        assert desk.window.list_page.isVisible()
        assert desk.table.hasFocus()

    def test_r_sends_the_chosen_report_again(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
        desk.window.outbox_page.table.choose("2")
        assert desk.window.outbox_page.retry_button.isVisible()
        desk.key(Qt.Key.Key_R)
        desk.until(lambda: desk.workbench.delivering.retried == ["2"])

    def test_a_delivered_report_is_never_sent_again(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
        desk.window.outbox_page.table.choose("4")
        assert not desk.window.outbox_page.retry_button.isVisible()
        desk.key(Qt.Key.Key_R)
        desk.key(Qt.Key.Key_S)
        desk.until(lambda: desk.workbench.delivering.sent_all == 1)
        assert desk.workbench.delivering.retried == []

    def test_a_refusal_says_what_happened_what_it_means_and_what_to_do(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
        desk.window.outbox_page.table.choose("2")
        words = desk.window.outbox_page.message.accessibleName()
        for part in ("took this reading task back", "attached to no task", "Ask Halden"):
            assert part in words

    def test_the_tab_counts_what_was_delivered(self, desk: Desk) -> None:
        from workstation.ui.parts import Button

        assert "Delivered, 4" in [
            each.accessibleName() for each in desk.window.top.findChildren(Button)
        ]

    def test_who_looks_into_it_while_reading_goes_on_reading(self, desk: Desk) -> None:
        desk.table.choose(OKONJO)
        desk.key(Qt.Key.Key_Return)
        desk.until(lambda: bool(desk.room.shown))
        desk.key(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
        assert desk.window.outbox_page.isVisible()
        desk.key(Qt.Key.Key_Escape)
        assert desk.room.isVisible()
        assert desk.room.closed == 0
        desk.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        assert desk.room.closed == 1
        assert desk.table.hasFocus()


class TestKeysOverlay:
    def test_f1_shows_every_key_and_closes_again(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_F1)
        assert desk.window.keys.isVisible()
        words = [each.text() for each in desk.window.keys.findChildren(QLabel)]
        assert "Hand the case back" in words
        assert "Ctrl+O" in words
        desk.key(Qt.Key.Key_F1)
        assert not desk.window.keys.isVisible()
        assert desk.table.hasFocus()

    def test_behind_it_no_key_acts(self, desk: Desk) -> None:
        desk.table.choose(ACKERMANN)
        desk.key(Qt.Key.Key_F1)
        desk.key(Qt.Key.Key_C)
        desk.key(Qt.Key.Key_Escape)
        assert desk.workbench.claiming.claims == []
        assert not desk.window.keys.isVisible()


def test_enter_on_a_focused_button_presses_that_button(desk: Desk) -> None:
    desk.table.choose(OKONJO)
    desk.pane.hand_back_button.setFocus(Qt.FocusReason.TabFocusReason)
    desk.key(Qt.Key.Key_Return)
    assert desk.pane.asking
    assert desk.room.shown == []


def test_an_identity_of_the_longest_name_is_never_elided(desk: Desk) -> None:
    long = fakes.row(
        7, "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh^Maximiliana Theodora", minutes=5.5
    )
    desk.workbench.worklist.held = (long, *desk.workbench.worklist.held)
    desk.workbench.worklist.tell()
    desk.until(lambda: len(desk.table.cases()) == 12)
    desk.window.resize(1366, 768)
    name = long.task.patient.name.display
    from PySide6.QtGui import QFontMetricsF

    wanted = QFontMetricsF(theme.font(13, 600)).horizontalAdvance(name)
    assert desk.table.columnWidth(Column.PATIENT) >= wanted + theme.px(16)
    assert Column.STUDY in desk.table.shown_columns()


@pytest.mark.parametrize(
    ("width", "height", "factor", "gone"),
    [
        (1920, 1080, 1.0, set()),
        (1366, 768, 1.0, {Column.SITE, Column.PRIORS}),
        (1920, 1080, 2.0, {Column.SITE, Column.PRIORS, Column.DISK}),
    ],
)
def test_columns_go_in_the_order_of_the_drawings(
    qapp: QApplication,
    desk: Desk,
    picture: Picture,
    width: int,
    height: int,
    factor: float,
    gone: set[Column],
) -> None:
    theme.apply(qapp, scale=factor)
    desk.window.resize(width, height)
    desk.until(lambda: set(Column) - set(desk.table.shown_columns()) == gone)
    assert (desk.window.width(), desk.window.height()) == (width, height)
    assert desk.pane.isVisible() is (factor == 1.0)
    picture(desk.window, f"worklist-{width}-{round(factor * 100)}")
    desk.window.show_outbox()
    picture(desk.window, f"outbox-{width}-{round(factor * 100)}")


def test_space_brings_the_pane_where_there_is_no_room_for_it(
    qapp: QApplication, desk: Desk
) -> None:
    desk.window.resize(1000, 700)
    assert not desk.pane.isVisible()
    desk.key(Qt.Key.Key_Space)
    assert desk.pane.isVisible()
    desk.key(Qt.Key.Key_Space)
    assert not desk.pane.isVisible()


def test_no_case_and_no_service_are_said(qtbot: QtBot, jobs: Jobs) -> None:
    workbench = fakes.FakeWorkbench(rows=())
    desk = Desk(qtbot, jobs, workbench)
    words = [each.text() for each in desk.window.list_page.findChildren(QLabel)]
    assert any("Nothing waits to be read" in each for each in words)
    workbench.worklist.services = ()
    workbench.worklist.tell()
    desk.until(
        lambda: any(
            "No reading service is set up" in each.text()
            for each in desk.window.list_page.findChildren(QLabel)
        )
    )
    desk.window.close()
    desk.bridge.close()


def test_after_closing_nothing_listens(desk: Desk) -> None:
    desk.window.close()
    assert desk.workbench.worklist.listeners == []
    assert desk.workbench.retrieving.listeners == []
    assert desk.workbench.delivering.listeners == []


def test_a_withdrawn_case_says_so_and_cannot_be_opened(desk: Desk) -> None:
    desk.workbench.worklist.change(ACKERMANN, state=RowState.WITHDRAWN)
    desk.table.choose(ACKERMANN)
    desk.until(lambda: not desk.pane.open_button.isEnabled())
    case = next(each for each in desk.table.cases() if each.uid == ACKERMANN)
    assert isinstance(case, Case)
    assert case.cell(Column.STATE).startswith("Withdrawn")
    assert replace(case.row, new=False).state is RowState.WITHDRAWN
