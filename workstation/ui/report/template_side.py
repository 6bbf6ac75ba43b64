"""Between the report and its templates: which one it has, and changes of the whole text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox

from workstation.domain.report import Report, Section
from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.open_case import OpenCase, identifiers
from workstation.ui.report.prior_reports import Change, with_comparison
from workstation.ui.report.signable import nothing_to_sign
from workstation.workflow.normal_statements import fill_normal
from workstation.workflow.reporting import Reporting


class TemplateSide(QObject):
    """Loads a report with what its template offers. `case` gives the case that is open, or None;
    `keep` is told the draft that took the place of the one before."""

    message = Signal(str)

    def __init__(
        self,
        which: QComboBox,
        editor: ReportEditor,
        reporting: Reporting,
        case: Callable[[], OpenCase | None],
        keep: Callable[[Report], None],
    ) -> None:
        super().__init__(which)
        self._which, self._editor, self._reporting = which, editor, reporting
        self._case, self._keep = case, keep
        which.activated.connect(self._chosen)

    def list_for(self, report: Report) -> None:
        """All templates, that of the report chosen."""
        self._which.clear()
        for each in self._reporting.templates():
            self._which.addItem(each.title, each.name)
        self._which.setCurrentIndex(max(0, self._which.findData(report.template)))

    def changed(self) -> None:
        """Templates were edited: the choice and the statements follow, the text stays."""
        case = self._case()
        if case is not None:
            self.list_for(case.report)
            template = self._reporting.template(case.report.template)
            self._editor.offer(template.options if template else {})

    def load(self, report: Report, *, undoable: bool = False) -> None:
        """Show the sections; `undoable` keeps the text before as an undo step."""
        template = self._reporting.template(report.template)
        self._editor.load(
            report.sections,
            template_text=template.text if template else "",
            required=template.required if template else frozenset(),
            options=template.options if template else {},
            undoable=undoable,
        )

    def nothing_to_sign(self, report: Report) -> str:
        """A sentence where the report says nothing beyond its template."""
        template = self._reporting.template(report.template)
        return nothing_to_sign(report.sections, template.text if template else "")

    def fill_normal(self) -> None:
        """Every open field with a normal statement takes it, as one undo step."""
        case = self._case()
        template = case and self._reporting.template(case.report.template)
        if template:
            normal = partial(fill_normal, template)
            self._change(normal, "No open field has a normal statement.")

    def name_comparison(self, words: str) -> None:
        """Name an earlier study under Comparison, as one undo step."""

        def named(sections: tuple[Section, ...]) -> tuple[Section, ...]:
            return with_comparison(sections, words)

        self._change(named, "The earlier study is named already.")

    def _change(self, change: Change, vain: str) -> None:
        case = self._case()
        if case is None:
            return
        before: Sequence[Section] = self._editor.sections()
        after = change(tuple(before))
        if after != before:
            self.load(replace(case.report, sections=after), undoable=True)
        else:
            self.message.emit(vain)

    def _chosen(self, index: int) -> None:
        case = self._case()
        if case is None:
            return
        fresh = self._reporting.from_template(
            case.task, case.study, str(self._which.itemData(index)), identifiers(case.measuring)
        )
        self._keep(fresh)
        self.load(fresh, undoable=True)
        self._editor.setFocus()
