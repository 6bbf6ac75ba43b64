"""The reports on earlier studies: read, named as comparison, scored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workstation.domain.errors import NotDicom, StoreDamaged
from workstation.domain.identity import Reader
from workstation.domain.peer_review import PeerReview
from workstation.domain.reading_task import PriorStudy
from workstation.domain.report import Section, SectionKind
from workstation.domain.report_content import ReportContent
from workstation.domain.study import Document
from workstation.ui import theme
from workstation.ui.parts import button, label, separator
from workstation.ui.parts.tab_order import follow
from workstation.ui.report.peer_score import PeerScoreForm, given_text, when_text
from workstation.ui.report.read_text import ReadText
from workstation.ui.report.report_html import compared_html, parts_html
from workstation.workflow.peer_review import ScoredReport

#: Sections as they were → as they are to be.
Change = Callable[[tuple[Section, ...]], tuple[Section, ...]]
#: Modalities of objects that hold no images (PS3.3 C.7.3.1.1.1).
_NO_IMAGES = frozenset({"SR", "KO", "PR", "DOC", "SEG", "RTSTRUCT", "PLAN", "AU", "REG", ""})
#: What two reports are compared by: the rest names the study and changes with it.
_COMPARED = (SectionKind.FINDINGS, SectionKind.IMPRESSION)
_LEGEND = "Struck through: said then and not now. Blue and underlined: new. The rest is the same."
#: What a template writes where nothing is compared with.
_NOTHING = frozenset({"", "none", "none.", "no comparison", "no comparison."})


@dataclass(frozen=True, slots=True)
class PriorReport:
    """`study` is what was examined, `day` when, as a reader writes both; `by` who reported it.

    `parts` are the headings with their texts; `warning` says what is wrong with the report.
    """

    study: str
    day: str
    by: str
    parts: tuple[tuple[str, str], ...]
    warning: str = ""
    #: what a peer review is about; None where it is no report of a reader
    scored: ScoredReport | None = None

    @property
    def text(self) -> str:
        """What it says, without headings."""
        return "\n".join(text for _, text in self.parts)

    def against(self, sections: Sequence[Section]) -> list[tuple[str, str, str]]:
        """(heading, what it says, what `sections` say) of findings and impression; of a report
        without headings the whole against both."""
        now = {each.kind: each.text for each in sections if each.kind in _COMPARED}
        then = dict(self.parts)
        if not any(kind.value in then for kind in _COMPARED):
            return [("", self.text, "\n".join(text for text in now.values() if text.strip()))]
        return [(kind.value, then.get(kind.value, ""), now.get(kind, "")) for kind in _COMPARED]

    @property
    def comparison(self) -> str:
        """The study as it is named under Comparison."""
        return f"{self.study} of {self.day}." if self.day else f"{self.study}, date unknown."


def prior_report(
    read: Callable[[str], ReportContent],
    document: Document,
    prior: PriorStudy,
    study: str,
    reader: Reader,
) -> PriorReport:
    """The report as its sections; one of another make as the text that its reader gave it.

    One whose signature does not fit is not scored: nobody knows whose words they are.
    """
    when = prior.study_datetime
    day = f"{when.day} {when:%b %Y}" if when is not None else ""
    whole = (("", document.text),)
    imaged = next((each for each in prior.modalities if each not in _NO_IMAGES), "")
    scored = ScoredReport(document.sop_instance_uid, prior.study_instance_uid, imaged, study)
    try:
        content = read(document.sop_instance_uid)
    except StoreDamaged as error:
        return PriorReport(study, day, document.title, whole, error.sentence())
    except NotDicom:
        return PriorReport(study, day, document.title, whole)
    parts = tuple((each.kind.value, each.text) for each in content.sections if each.text)
    by = f"{content.state.value}, {content.reader.name.display}"
    if not parts:
        return PriorReport(study, day, by, whole)
    own = content.reader.name == reader.name
    return PriorReport(study, day, by, parts, scored=replace(scored, own=own))


def with_comparison(sections: Sequence[Section], words: str) -> tuple[Section, ...]:
    """The sections with an earlier study named under Comparison, once, below those named before."""
    made = []
    for each in sections:
        if each.kind is SectionKind.COMPARISON and words not in each.text:
            held = each.text.strip()
            bare = held.lower() in _NOTHING or held.startswith("[")
            made.append(each.with_text(words if bare else f"{held}\n{words}"))
        else:
            made.append(each)
    return tuple(made)


class PriorReports(QScrollArea):
    """One below the other, the newest first."""

    #: the words for the section Comparison
    comparison_asked = Signal(str)
    #: other reports are shown
    came = Signal()
    #: report, score, comment
    scored = Signal(object, object, str)
    #: other texts are shown
    drawn = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._held: tuple[PriorReport, ...] = ()
        self._dressed = QTimer(self)
        self._dressed.setSingleShot(True)
        self._dressed.timeout.connect(self._dress)
        #: gives the sections as they are being written, links as words
        self.current: Callable[[], Sequence[Section]] = tuple
        #: what is read, in the order of the reports
        self.texts: list[ReadText] = []
        #: places in the list of those that are shown against the text of now
        self._compared: set[int] = set()
        self._reviews: dict[str, PeerReview] = {}
        #: SOP Instance UID of the report whose score is being entered
        self._form = ""
        self._open: PeerScoreForm | None = None
        self._problem = ""
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.show_reports(())

    def show_reports(self, held: Sequence[PriorReport]) -> None:
        """Show these."""
        self.count = len(held)
        self._held, self._reviews, self._compared = tuple(held), {}, set()
        self._form = self._problem = ""
        self._draw()
        self.came.emit()

    def documents(self) -> tuple[str, ...]:
        """SOP Instance UIDs of what can be scored."""
        return tuple(each.scored.document_uid for each in self._held if each.scored is not None)

    def show_reviews(self, held: Mapping[str, PeerReview]) -> None:
        """The reader's own scores by the UID of the report; a form that is open stays open."""
        self._reviews = dict(held)
        if self._open is None:
            self._draw()

    def took(self, held: Mapping[str, PeerReview]) -> None:
        """What was entered is kept."""
        self._reviews, self._form, self._problem = dict(held), "", ""
        self._draw()
        self.setFocus()

    def ask(self) -> None:
        """Score the newest report of somebody else that has no score yet, or the newest."""
        others = [each.scored for each in self._held if each.scored and not each.scored.own]
        new = [each for each in others if each.document_uid not in self._reviews]
        if others:
            self._open_form((new or others)[0].document_uid)
        else:
            self.say("There is no report of somebody else to score.")

    def say(self, words: str) -> None:
        """Why a score could not be taken; what was entered stays."""
        if self._open is not None:
            self._open.say(words)
            return
        self._problem = words
        self._draw()

    def _open_form(self, document_uid: str) -> None:
        self._form, self._problem = document_uid, ""
        self._draw()

    def _close_form(self) -> None:
        self._form = self._problem = ""
        self._draw()
        self.setFocus()

    def _draw(self) -> None:
        at_line = self.verticalScrollBar().value()
        self._open = None
        self.texts = []
        body = QWidget()
        body.setObjectName("panel")
        body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(body)
        column.setContentsMargins(*(theme.px(n) for n in (16, 14, 16, 14)))
        column.setSpacing(theme.px(10))
        if self._problem:
            column.addWidget(label(self._problem, 13, 500, "urgent", wrap=True))
        if not self._held:
            column.addWidget(label("No prior report is here.", 13, 400, "text3"))
        for at, report in enumerate(self._held):
            if at:
                column.addWidget(separator())
            column.addWidget(self._one(at, report))
        column.addStretch(1)
        self.setWidget(body)
        follow(self, body)
        self.verticalScrollBar().setValue(at_line)
        self.drawn.emit()

    def _one(self, at: int, report: PriorReport) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        words.addWidget(label(report.study, 13, 600, wrap=True))
        words.addWidget(
            label(f"{report.day or 'date unknown'}   {report.by}", 12, 400, "text2", wrap=True)
        )
        head.addLayout(words, 1)
        column.addLayout(head)
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(theme.px(8))
        name = button("Name as comparison", "prior", small=True)
        name.clicked.connect(lambda: self.comparison_asked.emit(report.comparison))
        row.addWidget(name)
        compare = button("Against my text", "changes", small=True)
        compare.setCheckable(True)
        compare.setChecked(at in self._compared)
        compare.setToolTip("What it says that the report of now does not, and the other way round")
        compare.toggled.connect(lambda on: self._compare(at, on))
        row.addWidget(compare)
        row.addStretch(1)
        needed = name.sizeHint().width() + compare.sizeHint().width() + theme.px(8 + 32)
        if needed > self.width():
            row.setDirection(QBoxLayout.Direction.TopToBottom)
        column.addLayout(row)
        if report.scored is not None and not report.scored.own:
            column.addWidget(self._peer(report.scored))
        if report.warning:
            column.addWidget(label(report.warning, 13, 500, "urgent", wrap=True))
        if at in self._compared:
            column.addWidget(label(_LEGEND, 12, 400, "text3", wrap=True))
        text = ReadText(f"Report on {report.study}, {report.day or 'date unknown'}")
        self.texts.append(text)
        column.addWidget(text)
        self._fill(at)
        return made

    def _compare(self, at: int, on: bool) -> None:
        (self._compared.add if on else self._compared.discard)(at)
        self._draw()

    def _fill(self, at: int) -> None:
        report = self._held[at]
        if at in self._compared:
            self.texts[at].show_html(compared_html(report.against(self.current())))
        else:
            self.texts[at].show_html(parts_html(report.parts))

    def changeEvent(self, event: QEvent) -> None:
        """Another text size: drawn anew soon, for Qt is walking over what would be deleted. A score
        that is being entered stays as it is."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_dressed"):
            self._dressed.start()

    def _dress(self) -> None:
        if self._open is None:
            self._draw()
        else:
            for at in range(len(self.texts)):
                self._fill(at)

    def showEvent(self, event: QShowEvent) -> None:
        """What is compared is compared with the text as it is by now."""
        super().showEvent(event)
        for at in self._compared:
            self._fill(at)

    def _peer(self, report: ScoredReport) -> QWidget:
        """The score that was given, the form for it, or the button that opens the form."""
        if report.document_uid == self._form:
            self._open = PeerScoreForm(
                lambda score, comment: self.scored.emit(report, score, comment), self._close_form
            )
            return self._open
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, theme.px(6))
        row.setSpacing(theme.px(8))
        given = self._reviews.get(report.document_uid)
        ask = button("Score" if given is None else "Score anew", kind="quiet", small=True)
        ask.setToolTip("Peer review of this report (RADPEER)   Ctrl+R")
        ask.clicked.connect(lambda: self._open_form(report.document_uid))
        words = QVBoxLayout()
        words.setSpacing(0)
        if given is None:
            words.addWidget(label("Peer review: no score of yours", 12, 400, "text3", wrap=True))
        else:
            words.addWidget(label(given_text(given), 12, 500, "text2", wrap=True))
            said = f"“{given.comment}”, " if given.comment else ""
            words.addWidget(label(said + when_text(given), 12, 400, "text3", wrap=True))
        row.addLayout(words, 1)
        row.addWidget(ask, 0, Qt.AlignmentFlag.AlignTop)
        return made
