"""The reports on earlier studies, to be read and to be named as comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from workstation.domain.errors import NotDicom, StoreDamaged
from workstation.domain.report import Section, SectionKind
from workstation.domain.report_content import ReportContent
from workstation.domain.study import Document
from workstation.ui import theme
from workstation.ui.parts import button, label, prose, separator

#: Sections as they were → as they are to be.
Change = Callable[[tuple[Section, ...]], tuple[Section, ...]]
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

    @property
    def text(self) -> str:
        """What it says, without headings."""
        return "\n".join(text for _, text in self.parts)

    @property
    def comparison(self) -> str:
        """The study as it is named under Comparison."""
        return f"{self.study} of {self.day}." if self.day else f"{self.study}, date unknown."


def prior_report(
    read: Callable[[str], ReportContent], document: Document, study: str, day: str
) -> PriorReport:
    """The report as its sections; one of another make as the text that its reader gave it."""
    whole = (("", document.text),)
    try:
        content = read(document.sop_instance_uid)
    except StoreDamaged as error:
        return PriorReport(study, day, document.title, whole, error.sentence())
    except NotDicom:
        return PriorReport(study, day, document.title, whole)
    parts = tuple((each.kind.value, each.text) for each in content.sections if each.text)
    by = f"{content.state.value}, {content.reader.name.display}"
    return PriorReport(study, day, by, parts or whole)


def with_comparison(sections: Sequence[Section], words: str) -> tuple[Section, ...]:
    """The sections with an earlier study named under Comparison, once, below those named before."""
    made = []
    for each in sections:
        if each.kind is SectionKind.COMPARISON and words not in each.text:
            held = each.text.strip()
            bare = held.lower() in _NOTHING or held.startswith("[")
            made.append(replace(each, text=words if bare else f"{held}\n{words}"))
        else:
            made.append(each)
    return tuple(made)


class PriorReports(QScrollArea):
    """One below the other, the newest first."""

    #: the words for the section Comparison
    comparison_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.show_reports(())

    def show_reports(self, held: Sequence[PriorReport]) -> None:
        """Show these."""
        self.count = len(held)
        body = QWidget()
        body.setObjectName("panel")
        body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(body)
        column.setContentsMargins(*(theme.px(n) for n in (16, 14, 16, 14)))
        column.setSpacing(theme.px(10))
        if not held:
            column.addWidget(label("No prior report is here.", 13, 400, "text3"))
        for at, report in enumerate(held):
            if at:
                column.addWidget(separator())
            column.addWidget(self._one(report))
        column.addStretch(1)
        self.setWidget(body)

    def _one(self, report: PriorReport) -> QWidget:
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
        name = button("Name as comparison", "prior", small=True)
        name.clicked.connect(lambda: self.comparison_asked.emit(report.comparison))
        head.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        if report.warning:
            column.addWidget(label(report.warning, 13, 500, "urgent", wrap=True))
        for heading, words_of_part in report.parts:
            if heading:
                column.addWidget(label(heading.upper(), 12, 600, "text3"))
            text = prose(words_of_part, 14, 400, "text2")
            # A long word of another program must not widen the panel.
            text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(text)
        return made
