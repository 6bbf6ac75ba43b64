"""What rows, deliveries and the status bar say, in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gui import fakes
from workstation.domain.delivery import DeliveryState, DeliveryStep
from workstation.domain.identity import Patient, PersonName, Sex
from workstation.domain.reading_task import Priority
from workstation.domain.wording import age_text
from workstation.ui.worklist import outbox_wording, status_bar, wording
from workstation.ui.worklist.model import Case, Column, Group, arrange
from workstation.ui.worklist.rules import allowed
from workstation.workflow.worklist_rows import RowState, ServiceState, WorklistRow


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (8.9, "8 min"),
        (2.0, "2 min"),
        (1.999, "1:59"),
        (0.5, "0:30"),
        (-0.5, "due now"),
        (-1.4, "1 min over"),
        (-65, "1 h 05 over"),
        (130.5, "2 h 10"),
        (540.5, "9 h"),
        (1561, "26 h"),
    ],
)
def test_due_times_are_minutes_and_seconds_only_under_two(minutes: float, text: str) -> None:
    assert wording.due_text(fakes.row(1, "A^B", minutes=minutes).task, fakes.NOW) == text


def test_a_task_without_a_deadline_has_no_limit() -> None:
    row = fakes.row(1, "A^B", minutes=None)
    assert wording.due_text(row.task, fakes.NOW) == "no limit"
    assert wording.until_due_changes(row.task, fakes.NOW) is None


def test_what_is_overdue_is_red_whatever_its_priority() -> None:
    assert wording.due_tone(fakes.row(1, "A^B", minutes=-1).task, fakes.NOW) == "stat"
    assert wording.due_tone(fakes.row(1, "A^B", minutes=10).task, fakes.NOW) == "text2"


@given(st.floats(-600, 600))
def test_the_next_change_of_a_due_time_is_planned_for(minutes: float) -> None:
    """Shortly before the moment the text still stands, shortly after it reads otherwise."""
    task = fakes.row(1, "A^B", minutes=minutes).task
    wait = wording.until_due_changes(task, fakes.NOW)
    assert wait is not None
    assert timedelta(0) < wait <= timedelta(seconds=61)
    text = wording.due_text(task, fakes.NOW)
    if abs(minutes) > 3 and wait > timedelta(seconds=1):
        assert wording.due_text(task, fakes.NOW + wait - timedelta(seconds=0.5)) == text
        assert wording.due_text(task, fakes.NOW + wait + timedelta(seconds=0.5)) != text


@pytest.mark.parametrize(
    ("hour", "minutes", "title"),
    [
        (3, 14, "Due within 15 minutes"),
        (3, -30, "Due within 15 minutes"),
        (3, 120, "Tonight"),
        (3, 600, "Tomorrow and later"),
        (22, 500, "Tonight"),
        (22, 700, "Tomorrow and later"),
        (10, 60, "Today"),
        (10, 600, "Tonight and later"),
    ],
)
def test_groups_are_named_after_the_shift(hour: int, minutes: int, title: str) -> None:
    now = datetime(2026, 11, 24, hour, 0).astimezone()
    task = fakes.row(1, "A^B", minutes=0).task
    from dataclasses import replace

    task = replace(task, deadline=now + timedelta(minutes=minutes))
    assert wording.group_of(task, now)[1] == title


@pytest.mark.parametrize(
    ("born", "text"),
    [
        (date(1965, 3, 2), "61 y"),
        (date(2026, 11, 20), "4 d"),
        (date(2026, 4, 1), "7 mo"),
        (None, ""),
    ],
)
def test_ages_fit_the_patient(born: date | None, text: str) -> None:
    patient = Patient("1", PersonName("A^B"), born, Sex.FEMALE)
    assert age_text(patient, date(2026, 11, 24)) == text


@pytest.mark.parametrize("born", [date(1111, 1, 1), date(1895, 11, 24), date(2026, 11, 25)])
def test_an_age_that_nobody_has_is_said_with_the_birth_date_beside(born: date) -> None:
    """What a typing mistake or a site's sign for unknown gives: 915 years, 131, less than none."""
    patient = Patient("1", PersonName("A^B"), born, Sex.MALE)
    day = date(2026, 11, 24)
    told = f"{born.day} {born:%b} {born.year}"
    assert wording.identity_text(patient, day) == f"M age implausible, born {told}   1"
    assert wording.identity_facts(patient, day) == f"M   age implausible   {told}   ID 1"
    assert patient.age_years(day) is None


def test_the_oldest_age_that_is_believed() -> None:
    patient = Patient("1", PersonName("A^B"), date(1896, 11, 23), Sex.FEMALE)
    assert wording.identity_text(patient, date(2026, 11, 24)) == "F 130 y   1"


def test_an_unknown_birth_date_is_said() -> None:
    facts = wording.identity_facts(Patient("7", PersonName("A^B")), date(2026, 11, 24))
    assert "birth date unknown" in facts
    assert "ID 7" in facts


@pytest.mark.parametrize(
    ("needle", "found"),
    [
        ("acker", True),
        ("lena acker", True),
        ("4471", True),
        ("stat", True),
        ("ct brennan", True),
        ("halden", False),
    ],
)
def test_the_filter_finds_every_word_anywhere(needle: str, found: bool) -> None:
    row = next(each for each in fakes.night() if each.task.workitem_uid == "2.25.20983")
    assert wording.matches(row, needle) is found


def test_every_row_state_has_words() -> None:
    from dataclasses import replace

    base = fakes.row(1, "A^B", minutes=10, owner="B. Osei", here=2, expected=4)
    for state in RowState:
        words = wording.state_words(replace(base, state=state))
        assert words.first
    taken = wording.state_words(replace(base, state=RowState.TAKEN))
    assert taken.second == "by B. Osei"


def _case(row: WorklistRow) -> Case:
    return Case(row, "", "text2", False, fakes.NOW)


def test_every_case_stands_under_one_heading_with_its_count() -> None:
    cases = [_case(row) for row in fakes.night()]
    entries = arrange(cases, Column.DUE, False, fakes.NOW)
    groups = [each for each in entries if isinstance(each, Group)]
    assert [(each.title, each.count) for each in groups] == [
        ("Due within 15 minutes", 2),
        ("Tonight", 6),
        ("Tomorrow and later", 3),
    ]
    assert sum(isinstance(each, Case) for each in entries) == 11


def test_another_order_has_no_headings() -> None:
    cases = [_case(row) for row in fakes.night()]
    entries = arrange(cases, Column.PATIENT, False, fakes.NOW)
    names = [each.row.task.patient.name.display for each in entries if isinstance(each, Case)]
    assert names == sorted(names, key=str.casefold)
    assert len(entries) == 11


class TestRules:
    def _row(self, state: RowState, here: int = 5, owner: str = "") -> WorklistRow:
        return fakes.row(1, "A^B", minutes=9, state=state, here=here, expected=5, owner=owner)

    def test_a_free_case_may_be_opened_and_claimed(self) -> None:
        may = allowed(self._row(RowState.FREE), fakes.SERVICES)
        assert (may.open, may.claim) == ("", "")
        assert "claimed" in may.hand_back

    def test_only_ours_may_be_handed_back(self) -> None:
        may = allowed(self._row(RowState.MINE), fakes.SERVICES)
        assert (may.open, may.hand_back) == ("", "")
        assert may.claim

    def test_a_taken_case_names_who_has_it(self) -> None:
        may = allowed(self._row(RowState.TAKEN, owner="B. Osei"), fakes.SERVICES)
        assert "B. Osei" in may.open
        assert "B. Osei" in may.claim

    def test_without_the_link_what_is_here_can_be_opened_and_nothing_else(self) -> None:
        may = allowed(self._row(RowState.MINE), fakes.ALL_GONE)
        assert may.open == ""
        assert "link" in may.hand_back
        assert "link" in allowed(self._row(RowState.FREE), fakes.ALL_GONE).claim

    def test_without_the_link_what_is_not_here_cannot_be_opened(self) -> None:
        assert "link" in allowed(self._row(RowState.FREE, here=0), fakes.ALL_GONE).open

    @pytest.mark.parametrize("state", [RowState.SIGNED, RowState.DELIVERED, RowState.WITHDRAWN])
    def test_what_is_over_is_over(self, state: RowState) -> None:
        may = allowed(self._row(state), fakes.SERVICES)
        assert may.open
        assert may.claim
        assert may.hand_back


class TestDeliveries:
    def test_the_four_dots_follow_the_receipts(self) -> None:
        entries = fakes.deliveries()
        assert outbox_wording.step_states(entries[0]) == ("done", "open", "open", "open")
        assert outbox_wording.step_states(entries[1]) == ("done", "done", "refused", "open")
        assert outbox_wording.step_states(entries[3]) == ("done",) * 4

    @pytest.mark.parametrize("state", DeliveryState)
    @pytest.mark.parametrize("step", DeliveryStep)
    def test_every_delivery_says_three_paragraphs(
        self, state: DeliveryState, step: DeliveryStep
    ) -> None:
        entry = fakes.delivery(1, "A, B", 5, "CT", "Site", state, step)
        assert all(outbox_wording.message(entry))
        assert outbox_wording.title(entry)[0]
        assert outbox_wording.state_words(entry).first
        assert len(outbox_wording.step_lines(entry)) == 4


class TestStatus:
    def test_what_is_well_is_grey_and_what_is_not_has_a_word(self) -> None:
        well, _, slow = (status_bar.service_piece(each) for each in fakes.SERVICES)
        gone = status_bar.service_piece(fakes.ALL_GONE[0])
        assert well.tone == "text2"
        assert (slow.tone, slow.details[:4]) == ("urgent", "slow")
        assert (gone.tone, gone.details) == ("urgent", "gone since 03:02")

    def test_a_service_that_was_not_asked_yet_is_not_called_gone(self) -> None:
        assert status_bar.service_piece(ServiceState("a", "A", False)).details == "asking …"

    def test_all_gone_is_one_statement(self) -> None:
        pieces = status_bar.service_pieces(fakes.ALL_GONE, fakes.night())
        assert pieces[0].words == "Offline"
        assert "9 of 11" in pieces[1].words

    def test_an_empty_outbox_says_nothing(self) -> None:
        done = tuple(e for e in fakes.deliveries() if e.state is DeliveryState.DELIVERED)
        assert status_bar.outbox_piece(done) is None

    def test_a_refused_report_is_loud(self) -> None:
        piece = status_bar.outbox_piece(fakes.deliveries())
        assert piece is not None
        assert piece.tone == "stat"
        assert "1 refused" in piece.details

    def test_low_room_on_the_disk_is_a_warning(self) -> None:
        assert status_bar.disk_piece(41_000_000_000).tone == "text2"
        assert status_bar.disk_piece(1_500_000_000).tone == "urgent"

    def test_news_never_name_the_patient(self) -> None:
        row = fakes.row(1, "Secret^Name", minutes=9, priority=Priority.STAT, new=True)
        piece = status_bar.news_piece([row])
        assert piece is not None
        assert "SECRET" not in f"{piece.words} {piece.details}".upper()
