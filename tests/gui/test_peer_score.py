"""A prior report is scored with keys; the score stands beside it afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.text_sizes import apply
from workstation.domain.clock import utc_now
from workstation.domain.errors import DiskFull
from workstation.domain.identity import PersonName, Reader
from workstation.domain.peer_review import PeerReview, PeerScore
from workstation.ui.job_bridge import JobBridge
from workstation.ui.parts import Button, Label
from workstation.ui.report.peer_score import PeerScoreForm
from workstation.ui.report.prior_reports import PriorReport, PriorReports
from workstation.ui.report.review_life import ReviewLife
from workstation.workflow.jobs import Jobs
from workstation.workflow.peer_review import PeerReviews, ScoredReport


class Memory:
    def __init__(self) -> None:
        self.held: list[PeerReview] = []
        self.full = False

    def all(self) -> tuple[PeerReview, ...]:
        return tuple(self.held)

    def add(self, review: PeerReview) -> None:
        if self.full:
            raise DiskFull("The disk is full.")
        self.held.append(review)


def prior(number: int, *, own: bool = False) -> PriorReport:
    scored = ScoredReport(f"1.2.3.{number}", "1.2.3", "CT", "CT chest", own)
    return PriorReport("CT chest", "12 Mar 2026", "final, IQBAL, S", (("impression", "Clear."),),
                       scored=scored)  # fmt: skip


class Beside:
    def __init__(self, bridge: JobBridge) -> None:
        self.memory = Memory()
        self.shown = PriorReports()
        reviews = PeerReviews(self.memory, Reader("R1", PersonName("Vidal^Ana")), utc_now)
        self.life = ReviewLife(self.shown, reviews, bridge, lambda: "1.9")

    @property
    def form(self) -> PeerScoreForm:
        (made,) = self.shown.widget().findChildren(PeerScoreForm)
        return made

    def words(self) -> str:
        return "\n".join(each.text() for each in self.shown.widget().findChildren(Label))


def raising(error: BaseException) -> None:
    raise error


@pytest.fixture
def beside(qtbot: QtBot) -> Iterator[Beside]:
    jobs = Jobs(raising)
    bridge = JobBridge(jobs)
    made = Beside(bridge)
    qtbot.addWidget(made.shown)
    made.shown.resize(420, 700)
    made.shown.show()
    made.shown.activateWindow()
    qtbot.waitUntil(made.shown.isActiveWindow)
    yield made
    bridge.close()
    jobs.close()


def keys(*held: Qt.Key | str) -> None:
    for each in held:
        target = QApplication.focusWidget()
        assert target is not None
        if isinstance(each, str):
            QTest.keyClicks(target, each)
        else:
            QTest.keyClick(target, each)


def test_behind_the_second_key_words_are_typed_and_change_no_score(
    qtbot: QtBot, beside: Beside
) -> None:
    beside.shown.show_reports([prior(1)])
    beside.shown.ask()
    qtbot.waitUntil(beside.form.hasFocus)
    keys("3", "b", "a rib fracture, 1 left")
    assert beside.form.score is PeerScore.MOSTLY_MATTERS
    assert beside.form.comment.text() == "a rib fracture, 1 left"


def test_two_keys_a_few_words_and_return_give_the_score(qtbot: QtBot, beside: Beside) -> None:
    beside.shown.show_reports([prior(1), prior(2)])
    beside.shown.ask()
    qtbot.waitUntil(beside.form.hasFocus)
    keys("3", "b")
    assert beside.form.score is PeerScore.MOSTLY_MATTERS
    keys(Qt.Key.Key_Return)
    assert beside.form.comment.hasFocus(), "a discrepancy asks for words"
    keys("Rib fracture, 3 left", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "RADPEER 3b" in beside.words())
    (given,) = beside.memory.held
    assert (given.document_uid, given.score, given.comment, given.read_study_uid) == (
        "1.2.3.1", PeerScore.MOSTLY_MATTERS, "Rib fracture, 3 left", "1.9",
    )  # fmt: skip
    beside.shown.ask()
    qtbot.waitUntil(beside.form.hasFocus)
    keys("1", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(beside.memory.held) == 2)
    assert beside.memory.held[1].document_uid == "1.2.3.2", "the next without a score"


def test_return_without_a_score_gives_none_and_escape_leaves(qtbot: QtBot, beside: Beside) -> None:
    beside.shown.show_reports([prior(1)])
    beside.shown.ask()
    qtbot.waitUntil(beside.form.hasFocus)
    keys("b", Qt.Key.Key_Return)
    assert "Choose a score first" in beside.words()
    keys(Qt.Key.Key_Escape)
    assert not beside.shown.widget().findChildren(PeerScoreForm)
    assert beside.memory.held == []


def test_an_own_report_offers_no_score(qtbot: QtBot, beside: Beside) -> None:
    beside.shown.show_reports([prior(1, own=True)])
    assert "Peer review" not in beside.words()
    beside.shown.ask()
    assert "no report of somebody else" in beside.words()


def test_a_score_that_was_given_stands_beside_its_report_again(
    qtbot: QtBot, beside: Beside
) -> None:
    beside.shown.show_reports([prior(1)])
    beside.shown.ask()
    qtbot.waitUntil(beside.form.hasFocus)
    keys("1", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "RADPEER 1" in beside.words())
    beside.shown.show_reports([prior(1)])
    qtbot.waitUntil(lambda: "RADPEER 1" in beside.words())


def test_a_score_that_could_not_be_kept_stays_entered(qtbot: QtBot, beside: Beside) -> None:
    beside.shown.show_reports([prior(1)])
    beside.shown.ask()
    qtbot.waitUntil(beside.form.hasFocus)
    beside.memory.full = True
    keys("2", Qt.Key.Key_Return, "Node", Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "The disk is full" in beside.words())
    beside.memory.full = False
    assert beside.form.comment.text() == "Node"
    keys(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "RADPEER 2a" in beside.words())
    assert [each.comment for each in beside.memory.held] == ["Node"]


@pytest.mark.parametrize(("scale", "room"), [(1.0, 328), (2.0, 600)])
def test_the_form_is_whole_in_the_narrowest_panel(qtbot: QtBot, scale: float, room: int) -> None:
    apply(scale)
    form = PeerScoreForm(lambda score, words: None, lambda: None)
    qtbot.addWidget(form)
    form.resize(room, 600)
    form.show()
    buttons = form.findChildren(Button)
    assert len(buttons) == len(PeerScore) + 2
    qtbot.waitUntil(
        lambda: (
            form.width() == room
            and all(
                each.width() >= each.sizeHint().width() and form.rect().contains(each.geometry())
                for each in buttons
            )
        )
    )
