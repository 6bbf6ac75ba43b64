"""The report panel beside the images, never over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from workstation.commands import registry
from workstation.commands.registry import Place
from workstation.domain.errors import ReaderError, StateRefused
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import CheckFinding, Entry, Report
from workstation.domain.study import Study
from workstation.ui import shortcuts
from workstation.ui.job_bridge import JobBridge
from workstation.ui.report.context_menu import ReportMenu
from workstation.ui.report.critical_life import CriticalLife
from workstation.ui.report.images_beside import ImagesBeside
from workstation.ui.report.lesion_table import LesionTable
from workstation.ui.report.life import ReportLife
from workstation.ui.report.link_texts import text_of
from workstation.ui.report.links import LinkText
from workstation.ui.report.macro_typing import MacroTyping
from workstation.ui.report.measured_side import MeasuredSide
from workstation.ui.report.open_case import OpenCase, identifiers
from workstation.ui.report.panel_frame import PanelFrame
from workstation.ui.report.prior_reports import PriorReport
from workstation.ui.report.request_documents import RequestDocuments
from workstation.ui.report.response_side import ResponseSide
from workstation.ui.report.review_life import ReviewLife
from workstation.ui.report.signing_side import SigningSide
from workstation.ui.report.spelling_side import SpellingSide, words_of_case
from workstation.ui.report.template_side import TemplateSide
from workstation.ui.report.text_places import gap_after
from workstation.ui.report.writing_verbs import WritingVerbs
from workstation.workflow.measuring import Measuring
from workstation.workflow.workbench import Workbench


class ReportPanel(PanelFrame):
    """Report, prior and request; signing takes their place."""

    signed = Signal(str)
    #: section and field under the cursor
    place_changed = Signal(str, str)
    #: the draft is in the editor: the task, and the words of its template
    opened = Signal(object, list)
    width_changed = Signal()

    def __init__(
        self,
        workbench: Workbench,
        bridge: JobBridge,
        images: ImagesBeside,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(self._link_text, workbench.calculators, parent)
        self._workbench = workbench
        self._bridge = bridge
        self._images = images
        self._case: OpenCase | None = None
        self._study: Study | None = None
        self._wanted = ""
        self._end_listening: list[Callable[[], None]] = []
        self._endings = [workbench.reporting.listen(bridge.relay(self._saved))]
        self.critical = CriticalLife(
            self.critical_bar, workbench.critical, bridge, workbench.clock, workbench.reader
        )
        self.reviews = ReviewLife(self._prior, workbench.reviews, bridge, self._shown_study)
        self.life = ReportLife(self.note, workbench.reporting, bridge)
        self.measured = MeasuredSide(self.tray, self.editor, images, lambda: self._case)
        self.templates = TemplateSide(
            self.template, self.editor, workbench.reporting, lambda: self._case, self._keep
        )
        self.signing = SigningSide(self.sign_panel, workbench, bridge, images, lambda: self._case)
        self._documents = RequestDocuments(
            bridge, workbench.opening, self._request, self._shown_study, self._failed
        )
        self.macros = MacroTyping(self.editor, workbench.reporting.macros)
        self.spelling = SpellingSide(
            self.editor,
            workbench.spelling,
            bridge,
            lambda: workbench.settings.flag("report.spelling"),
        )
        self.menu = ReportMenu(self.editor, self.spelling)
        self._endings.append(workbench.settings.listen(bridge.relay(self._setting_changed)))
        self.table = LesionTable(self.editor, bridge, lambda: self._case)
        self.table.message.connect(self.message)
        self.response = ResponseSide(
            self.calculators,
            self.editor,
            self.table,
            self.measured,
            lambda: self._case,
            self.show_calculators,
        )
        self.response.message.connect(self.message)
        sides = (self.spelling, self.finding, self.table, self.response, self.measured)
        self.writing = WritingVerbs(self, self.back_to_report, *sides)
        registry.load_all()
        shortcuts.bind(self, Place.REPORT, self.writing)
        self._connect()

    # -- wiring ----------------------------------------------------------------------------

    def _connect(self) -> None:
        self.editor.edited.connect(self._edited)
        self.editor.place_changed.connect(self.place_changed)
        self.editor.refused.connect(self.message)
        self.measured.message.connect(self.message)
        self.spelling.message.connect(self.message)
        self.calculators.insert.connect(self._insert_result)
        self.calculators.insert_lesions.connect(self._insert_response)
        self._undo.clicked.connect(self.editor.undo)
        self.templates.message.connect(self.message)
        self.sign_button.clicked.connect(self.ask_to_sign)
        self._preliminary.clicked.connect(self.ask_to_sign)
        self.sign_panel.back.connect(self.back_to_report)
        self.sign_panel.jump.connect(self._jump)
        self._prior.comparison_asked.connect(self.templates.name_comparison)
        self._prior.current = self.measured.words_now
        self.signing.signed.connect(self.signed)
        self.signing.looked.connect(self._looked)
        self.signing.asked.connect(self._asked)
        self.signing.said.connect(self.message)
        self.signing.sealed.connect(self.editor.seal)
        self.life.changed.connect(self.signing.look_soon)
        self.critical.changed.connect(self.signing.look_soon)
        self.critical_bar.left.connect(self.editor.setFocus)
        self.life.failed.connect(self._failed)

    def _shown_study(self) -> str:
        return self._case.task.study_instance_uid if self._case is not None else ""

    # -- the case --------------------------------------------------------------------------

    def show_task(self, task: ReadingTask, study: Study | None, measuring: Measuring) -> None:
        """Open the draft of a task, or a new one from the template that fits."""
        self.leave()
        self._study = study
        self._request.show_task(task)
        self.editor.setEnabled(False)

        self._wanted = task.workitem_uid
        self.life.begins_with(study)

        def opened(report: Report) -> None:
            # Another case may have been opened meanwhile: its report must not appear here.
            if self._wanted == task.workitem_uid:
                self._opened(task, measuring, report)

        self._bridge.submit(
            lambda _: self._workbench.reporting.open(task, study, identifiers(measuring)),
            on_done=opened,
            on_failed=self._failed,
        )

    def _opened(self, task: ReadingTask, measuring: Measuring, report: Report) -> None:
        if self.life.wants_anew(report, self._study):
            self.show_task(task, self._study, measuring)
            return
        self._case = OpenCase(task, measuring, report, self._study)
        self._end_listening.append(measuring.listen(self._bridge.relay(self._measured)))
        self.templates.list_for(report)
        self.macros.modality = task.modality
        self.calculators.suggest(f"{task.modality} {task.procedure}")
        self.spelling.know(words_of_case(task, self._workbench.reader))
        self.templates.load(report)
        ordinary = self.life.show(report)
        self.template.setEnabled(ordinary)
        self._preliminary.setVisible(ordinary)
        self.editor.setEnabled(True)
        self._measured()
        self.critical.show(task, report)
        self._show_documents()
        self.signing.look()
        self.opened.emit(task, [section.text for section in report.sections])

    def leave(self) -> None:
        """Let go of the case; the draft is saved by then or is being saved."""
        for end in self._end_listening:
            end()
        self._end_listening.clear()
        self._wanted = ""
        self._case = None
        self._study = None
        # Nothing of the last patient stays in sight while the next case is being opened.
        self.editor.setEnabled(False)
        self.editor.load(())
        self.template.clear()
        self.show_priors([])
        self._request.clear()
        self.life.clear()
        self.critical.clear()
        self.signing.leave()
        was_signing = self.signing_now
        self._stack.setCurrentIndex(0)
        if was_signing:
            self.width_changed.emit()
        self.tabs.setCurrentIndex(0)
        self.tray.show_items([])
        self._foot.show_saved("")
        self._foot.show_words("")

    def close_panel(self) -> None:
        """End for good."""
        self.leave()
        self.critical.close()
        for end in self._endings:
            end()

    def study_changed(self, study: Study) -> None:
        """More of the study has arrived."""
        self._study = study
        case = self._case
        if case is not None:
            if self.life.wants_anew(self.signing.draft(case), study):
                self.show_task(case.task, study, case.measuring)
                return
            self._case = replace(case, study=study)
        self._show_documents()
        self.signing.look_soon()

    def _keep(self, report: Report) -> None:
        if self._case is not None:
            self._case = replace(self._case, report=report)

    # -- editing ---------------------------------------------------------------------------

    def _edited(self) -> None:
        case = self._case
        if case is None:
            return
        sections = self.editor.sections()
        try:
            self._workbench.reporting.edit(case.report.identifier, sections)
        except StateRefused as error:
            self.message.emit(error.sentence())
            return
        self._foot.show_saved("Saving")
        self.measured.show_tray(sections)
        self.signing.look_soon()

    def _saved(self, report: Report) -> None:
        case = self._case
        if case is None or report.identifier != case.report.identifier:
            return
        self._case = replace(case, report=report)
        problem = self._workbench.reporting.problem(report.identifier)
        if problem is not None:
            self._foot.show_saved(f"Not saved: {problem.happened}")
            self.message.emit(problem.sentence())
        elif report.saved_at is not None:
            local = report.saved_at.astimezone()
            self._foot.show_saved(f"✓ Saved {local:%H:%M}")

    def next_field(self, *, backwards: bool = False) -> None:
        """From anywhere: the next open field takes the keyboard."""
        if self.editor.next_field(backwards=backwards):
            self.editor.setFocus(Qt.FocusReason.TabFocusReason)

    def show_calculators(self) -> None:
        """The calculators take the place of the text, those for this examination first."""
        self.setVisible(True)
        self.back_to_report()
        self.tabs.setCurrentIndex(self.tabs.count() - 1)
        self.calculators.focus_first()

    def _insert_result(self, words: str) -> None:
        self.focus_report()
        self.editor.insert_words(gap_after(self.editor.text_before_cursor()) + words)

    def _insert_response(self, words: str) -> None:
        self.focus_report()
        self.response.insert(words)

    def fill_normal(self) -> None:
        """Every open field with a normal statement takes it."""
        self.templates.fill_normal()

    def insert_measurement(self) -> None:
        """The newest measurement or key image that the text does not hold yet."""
        self.measured.insert_newest()

    def _dress(self) -> None:
        super()._dress()
        self.measured.show_tray()

    def _link_text(self, link: str) -> LinkText:
        return text_of(self._case.measuring if self._case is not None else None, link)

    def _measured(self, *_: object) -> None:
        self.measured.changed()
        self.table.rows.fit()
        self.signing.look_soon()

    # -- signing ---------------------------------------------------------------------------

    def _looked(self, report: Report, count: int) -> None:
        self.critical.look_at(report)
        self.show_signable(self.templates.nothing_to_sign(report))
        if report.revision and not self.editor.hasFocus():
            self._fill_known()
        self.show_count(count)

    def sign_report(self) -> None:
        """Show what will be signed, also where F3 had hidden it; a second time signs it."""
        shown = self.sign_panel.isVisible()
        (self.sign_panel.try_sign if shown else self.ask_to_sign)()

    def show_checks(self) -> None:
        """Show what stands open."""
        self.ask_to_sign()

    def note_critical(self) -> None:
        """Enter who was told of a critical result, or note one."""
        self.focus_report()
        self.critical.ask()

    def score_prior(self) -> None:
        """Score a prior report (RADPEER)."""
        self.setVisible(True)
        self.back_to_report()
        self.tabs.setCurrentIndex(self.PRIOR)
        self._prior.ask()

    def focus_report(self) -> None:
        """The keyboard to the text."""
        self.setVisible(True)
        self.back_to_report()
        self.tabs.setCurrentIndex(0)

    def _fill_known(self, *, asked: bool = False) -> None:
        """What became known since the draft began takes its open field."""
        if self._case is None or self.signing.busy:
            return
        looked_at = self._images.priors_looked_at()
        answers = self._workbench.reporting.answers(self._case.task, self._study, looked_at)
        self.editor.answer(answers, here_too=asked)

    def ask_to_sign(self) -> None:
        """Show what will be signed, whose it is, and what stands open."""
        self.setVisible(True)
        self._fill_known(asked=True)
        self.signing.ask()

    def _asked(self) -> None:
        if not self.signing_now:
            self._stack.setCurrentWidget(self.sign_panel)
            self.sign_panel.setFocus()
            self.width_changed.emit()

    def back_to_report(self) -> None:
        """From signing to writing."""
        if self.signing.busy:
            return
        self._stack.setCurrentIndex(0)
        self.editor.setFocus()
        self.width_changed.emit()

    def _jump(self, finding: CheckFinding) -> None:
        if finding.series_instance_uid:
            self._images.open_series(finding.series_instance_uid)
            return
        if finding.entry is Entry.TOLD:
            self.note_critical()
            return
        self.back_to_report()
        self.tabs.setCurrentIndex(0)
        if finding.entry is not None:
            self.note.take_focus()
        if finding.section is not None:
            self.editor.go_to_text(finding.section, finding.words or "[", finding.at)

    def _setting_changed(self, key: str) -> None:
        if key == "report.spelling":
            self.spelling.look_again()

    def show_priors(self, priors: list[PriorReport]) -> None:
        """Show prior reports, whose words are known from then on."""
        super().show_priors(priors)
        when = self._case.task.study_datetime if self._case is not None else None
        today = f"{when.day} {when:%b %Y}" if when is not None else ""
        self.calculators.go_on_from([each.text for each in priors], today)
        self.spelling.know_too([each.text for each in priors])

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, ReaderError):
            raise error
        self.message.emit(error.sentence())

    def _show_documents(self) -> None:
        if self._study is not None and self._case is not None:
            self._documents.show(self._study)
