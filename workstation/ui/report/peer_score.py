"""Scoring a prior report (RADPEER): one key for the score, a few words, Return."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.domain.peer_review import PeerReview, PeerScore
from workstation.ui import theme
from workstation.ui.parts import button, field, label
from workstation.ui.parts.wrapping import WrapLayout

NOTE = "Kept on this workstation. It is never in the report and never sent with it."


def given_text(review: PeerReview) -> str:
    """`RADPEER 3a. Should be made most of the time, …`, and when it was given."""
    return f"RADPEER {review.score.value}. {review.score.meaning}."


def when_text(review: PeerReview) -> str:
    """When it was given, and whether it took the place of another one."""
    anew = "given anew" if review.replaces else "given"
    at = review.given_at.astimezone()
    return f"{anew} {at.day} {at:%b %Y %H:%M}"


class PeerScoreForm(QWidget):
    """`done` takes score and comment; Esc calls `leave`. The keys 1 to 4, then A or B, choose."""

    def __init__(self, done: Callable[[PeerScore, str], None], leave: Callable[[], None]) -> None:
        super().__init__()
        self._done, self._leave = done, leave
        #: what is chosen; nothing is chosen at first
        self.score: PeerScore | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Peer review score: 1, or 2 to 4 with A or B")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.px(10))
        column.setSpacing(theme.px(6))
        column.addWidget(label("RADPEER", 12, 600, "text3"))
        row = WrapLayout()
        self._buttons = {}
        for score in PeerScore:
            made = button(score.value, kind="segment", small=True)
            made.setCheckable(True)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.setAccessibleName(f"{score.value}: {score.meaning}")
            made.setToolTip(score.meaning)
            made.clicked.connect(lambda _=False, chosen=score: self._chosen_whole(chosen))
            row.addWidget(made)
            self._buttons[score] = made
        column.addLayout(row)
        self._meaning = label("Press 1 to 4, then A or B.", 12, 400, "text2", wrap=True)
        column.addWidget(self._meaning)
        self.comment = field("What was seen, without a name", "Comment of the peer review")
        self.comment.returnPressed.connect(self.finish)
        column.addWidget(self.comment)
        foot = QHBoxLayout()
        foot.setSpacing(theme.px(8))
        foot.addWidget(label(NOTE, 12, 400, "text3", wrap=True), 1)
        back = button("Cancel", kind="quiet", small=True)
        back.clicked.connect(leave)
        self.give = button("Give score", small=True)
        self.give.clicked.connect(self.finish)
        foot.addWidget(back, 0, Qt.AlignmentFlag.AlignBottom)
        foot.addWidget(self.give, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(foot)

    def choose(self, score: PeerScore) -> None:
        """Mark one score and say what it means."""
        self.score = score
        for each, made in self._buttons.items():
            made.setChecked(each is score)
        self._meaning.setText(f"{score.meaning}.")

    def _chosen_whole(self, score: PeerScore) -> None:
        """Nothing of the score is left to say: the next keys are words."""
        self.choose(score)
        if score.discrepancy:
            self.comment.setFocus()

    def say(self, words: str) -> None:
        """Why it could not be taken; what was entered stays."""
        self.setEnabled(True)
        self._meaning.setText(words)
        self.setFocus()

    def finish(self) -> None:
        """Hand it over; what is lacking takes the keyboard instead."""
        if self.score is None:
            self.setFocus()
            self._meaning.setText("Choose a score first: 1 to 4, then A or B.")
        elif self.score.discrepancy and not self.comment.text().strip():
            self.comment.setFocus()
            self._meaning.setText(f"{self.score.meaning}. Say in a few words what was seen.")
        else:
            self.setEnabled(False)  # given once, until it is known what came of it
            self._done(self.score, self.comment.text())

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        typed = event.text().lower()
        if key == Qt.Key.Key_Escape:
            self._leave()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # The comment passes its Return on after it has told of it.
            if not self.comment.hasFocus():
                self.finish()
        elif typed in ("1", "2", "3", "4"):
            self.choose(PeerScore(typed if typed == "1" else f"{typed}a"))
        elif typed in ("a", "b") and self.score is not None and self.score.discrepancy:
            self._chosen_whole(PeerScore(self.score.value[0] + typed))
        else:
            super().keyPressEvent(event)
