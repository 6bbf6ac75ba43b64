"""The report panel beside the images, never over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from workstation.domain.errors import ReaderError
from workstation.domain.image import FrameKey
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import CheckFinding, Report
from workstation.domain.study import Study
from workstation.domain.wording import LINK
from workstation.ui import theme
from workstation.ui.job_bridge import JobBridge
from workstation.ui.report.critical_life import CriticalLife
from workstation.ui.report.images_beside import ImagesBeside
from workstation.ui.report.life import ReportLife
from workstation.ui.report.link_texts import text_of
from workstation.ui.report.links import LinkText
from workstation.ui.report.macro_typing import MacroTyping
from workstation.ui.report.panel_frame import PanelFrame
from workstation.ui.report.prior_reports import Change, with_comparison
from workstation.ui.report.request_documents import RequestDocuments
from workstation.ui.report.sign_panel import SignRequest
from workstation.ui.report.sign_request import sign_request
from workstation.ui.report.signable import nothing_to_sign
from workstation.ui.report.tray import items
from workstation.workflow.checking import CheckContext
from workstation.workflow.measuring import Measuring
from workstation.workflow.normal_statements import fill_normal
from workstation.workflow.workbench import Workbench


@dataclass(frozen=True, slots=True)
class _Open:
    """The case whose report is shown."""

    task: ReadingTask
    measuring: Measuring
    report: Report


class ReportPanel(PanelFrame):
    """Report, prior and request; signing takes their place."""

    signed = Signal(str)
    #: section and field under the cursor
    place_changed = Signal(str, str)
    message = Signal(str)
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
        self._case: _Open | None = None
        self._study: Study | None = None
        self._wanted = ""
        #: from the signature to its answer; nothing may touch the draft meanwhile
        self._signing = False
        self._end_listening: list[Callable[[], None]] = []
        self._endings = [workbench.reporting.listen(bridge.relay(self._saved))]
        self._check_timer = QTimer(self)
        self._check_timer.setSingleShot(True)
        self._check_timer.setInterval(400)
        self._check_timer.timeout.connect(self._count_checks)
        self.critical = CriticalLife(
            self.critical_bar, workbench.critical, bridge, workbench.clock, workbench.reader
        )
        self.life = ReportLife(self.note, workbench.reporting, bridge)
        self._documents = RequestDocuments(
            bridge, workbench.opening, self._request, self._shown_study, self._failed
        )
        self.macros = MacroTyping(self.editor, workbench.reporting.macros)
        self._connect()

    # -- wiring ----------------------------------------------------------------------------

    def _connect(self) -> None:
        self.editor.edited.connect(self._edited)
        self.editor.link_clicked.connect(self.show_link)
        self.editor.place_changed.connect(self.place_changed)
        self.editor.refused.connect(self.message)
        self.tray.show_link.connect(self.show_link)
        self.tray.insert_link.connect(self.editor.insert_link)
        self.calculators.insert.connect(self._insert_result)
        self._undo.clicked.connect(self.editor.undo)
        self.template.activated.connect(self._template_chosen)
        self.sign_button.clicked.connect(self.ask_to_sign)
        self._preliminary.clicked.connect(self.ask_to_sign)
        self.sign_panel.back.connect(self.back_to_report)
        self.sign_panel.jump.connect(self._jump)
        self._prior.comparison_asked.connect(self.name_comparison)
        self.sign_panel.sign.connect(self._sign)
        self.life.changed.connect(self._check_timer.start)
        self.critical.changed.connect(self._check_timer.start)
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
            lambda _: self._workbench.reporting.open(task, study),
            on_done=opened,
            on_failed=self._failed,
        )

    def _opened(self, task: ReadingTask, measuring: Measuring, report: Report) -> None:
        if self.life.wants_anew(report, self._study):
            self.show_task(task, self._study, measuring)
            return
        self._case = _Open(task, measuring, report)
        self._end_listening.append(measuring.listen(self._bridge.relay(self._measured)))
        self._fill_templates(report)
        self.macros.modality = task.modality
        self.calculators.suggest(f"{task.modality} {task.procedure}")
        self._load(report)
        ordinary = self.life.show(report)
        self.template.setEnabled(ordinary)
        self._preliminary.setVisible(ordinary)
        self.editor.setEnabled(True)
        self._measured()
        self.critical.show(task, report)
        self._show_documents()
        self._count_checks()
        self.opened.emit(task, [section.text for section in report.sections])

    def leave(self) -> None:
        """Let go of the case; the draft is saved by then or is being saved."""
        for end in self._end_listening:
            end()
        self._end_listening.clear()
        self._wanted = ""
        self._signing = False
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
        self.sign_panel.forget()
        was_signing = self.signing_now
        self._stack.setCurrentIndex(0)
        if was_signing:
            self.width_changed.emit()
        self.tabs.setCurrentIndex(0)
        self.tray.show_items([])
        self.saved_line.setText("")
        self.checks_line.setText("")

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
        if case is not None and self.life.wants_anew(self._current_report(), study):
            self.show_task(case.task, study, case.measuring)
            return
        self._show_documents()
        self._check_timer.start()

    def _fill_templates(self, report: Report) -> None:
        self.template.clear()
        for each in self._workbench.reporting.templates():
            self.template.addItem(each.title, each.name)
        self.template.setCurrentIndex(max(0, self.template.findData(report.template)))

    def _load(self, report: Report, *, undoable: bool = False) -> None:
        template = self._workbench.reporting.template(report.template)
        self.editor.load(
            report.sections,
            template_text=template.text if template else "",
            required=template.required if template else frozenset(),
            options=template.options if template else {},
            undoable=undoable,
        )

    def _template_chosen(self, index: int) -> None:
        case = self._case
        if case is None:
            return
        name = str(self.template.itemData(index))
        fresh = self._workbench.reporting.from_template(case.task, self._study, name)
        self._case = _Open(case.task, case.measuring, fresh)
        self._load(fresh, undoable=True)
        self.editor.setFocus()

    # -- editing ---------------------------------------------------------------------------

    def _edited(self) -> None:
        case = self._case
        if case is None:
            return
        self._workbench.reporting.edit(case.report.identifier, self.editor.sections())
        self.saved_line.setText("Saving")
        self._refresh_tray()
        self._check_timer.start()

    def _saved(self, report: Report) -> None:
        case = self._case
        if case is None or report.identifier != case.report.identifier:
            return
        self._case = _Open(case.task, case.measuring, report)
        problem = self._workbench.reporting.problem(report.identifier)
        if problem is not None:
            self.saved_line.setText(f"Not saved: {problem.happened}")
            self.message.emit(problem.sentence())
        elif report.saved_at is not None:
            local = report.saved_at.astimezone()
            self.saved_line.setText(f"✓ Saved {local:%H:%M}")

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
        self.editor.insert_words(words)

    def fill_normal(self) -> None:
        """Every open field with a normal statement takes it, as one undo step."""
        case = self._case
        template = case and self._workbench.reporting.template(case.report.template)
        if case is None or not template:
            return
        self._take(case, partial(fill_normal, template), "No open field has a normal statement.")

    def name_comparison(self, words: str) -> None:
        """Name an earlier study under Comparison, as one undo step."""
        if self._case is not None:
            named = partial(with_comparison, words=words)
            self._take(self._case, named, "The earlier study is named already.")

    def _take(self, case: _Open, change: Change, vain: str) -> None:
        before = self.editor.sections()
        after = change(before)
        if after == before:
            self.message.emit(vain)
        else:
            self._load(replace(case.report, sections=after), undoable=True)

    def insert_measurement(self) -> None:
        """The newest measurement or key image that the text does not hold yet."""
        link = self.tray.newest_open
        if link:
            self.editor.insert_link(link)
        else:
            self.message.emit("Every measurement is in the report.")

    def show_link(self, link: str) -> None:
        """Go to the image that a link of the text or the tray means."""
        kind, _, rest = link.partition(":")
        if kind == "m":
            self._images.show_measurement(rest)
        else:
            uid, _, number = rest.partition(":")
            self._images.show_key_image(FrameKey(uid, int(number)))

    def _link_text(self, link: str) -> LinkText:
        return text_of(self._case.measuring if self._case is not None else None, link)

    def _measured(self, *_: object) -> None:
        self._refresh_tray()
        self.editor.links_changed()
        self._check_timer.start()

    def _refresh_tray(self) -> None:
        case = self._case
        if case is None:
            return
        linked = {match[1] for held in self.editor.sections() for match in LINK.finditer(held.text)}
        rows = items(case.measuring.measurements(), case.measuring.key_images(), linked)
        self.tray.show_items(rows, only_open=self.height() < theme.px(800))

    # -- signing ---------------------------------------------------------------------------

    def _findings(self) -> tuple[CheckFinding, ...]:
        case = self._case
        assert case is not None
        return self._workbench.signing.check(self._current_report(), self._context(case))

    def _context(self, case: _Open) -> CheckContext:
        return self._workbench.signing.context(
            case.task,
            self._study,
            case.measuring,
            self._images.unread_series(),
            case.report.template,
            self._images.priors_looked_at(),
        )

    def _current_report(self) -> Report:
        case = self._case
        assert case is not None
        return self._workbench.reporting.current(case.report.identifier)

    def _count_checks(self) -> None:
        # While it is being signed the draft belongs to the thread that signs, and ends there.
        if self._case is None or self._signing:
            return
        report = self._current_report()
        self.critical.look_at(report)
        self.show_signable(nothing_to_sign(report.sections))
        count = len(self._findings())
        self.show_count(count)

    def sign_report(self) -> None:
        """Show what will be signed; a second time signs it."""
        if self._stack.currentWidget() is self.sign_panel:
            self.sign_panel.try_sign()
        else:
            self.ask_to_sign()

    def show_checks(self) -> None:
        """Show what stands open."""
        self.ask_to_sign()

    def note_critical(self) -> None:
        """Enter who was told of a critical result, or note one."""
        self.focus_report()
        self.critical.ask()

    def focus_report(self) -> None:
        """The keyboard to the text."""
        self.setVisible(True)
        self.back_to_report()
        self.tabs.setCurrentIndex(0)

    def ask_to_sign(self) -> None:
        """Show what will be signed, whose it is, and what stands open."""
        case = self._case
        if case is None or self._signing:
            return
        self.sign_panel.show_request(self._sign_request(case))
        self.sign_panel.set_busy(False)
        self._stack.setCurrentWidget(self.sign_panel)
        self.sign_panel.setFocus()
        self.width_changed.emit()

    def _sign_request(self, case: _Open) -> SignRequest:
        report, context = self._current_report(), self._context(case)
        sections = self._workbench.signing.final_sections(report, context)
        keys = len(case.measuring.key_images())
        return sign_request(self._workbench, case.task, report, sections, self._findings(), keys)

    def back_to_report(self) -> None:
        """From signing to writing."""
        if self._signing:
            return
        self._stack.setCurrentIndex(0)
        self.editor.setFocus()
        self.width_changed.emit()

    @property
    def signing_now(self) -> bool:
        """Whether the sign panel is shown."""
        return self._stack.currentWidget() is self.sign_panel

    def _jump(self, finding: CheckFinding) -> None:
        if finding.series_instance_uid:
            self._images.open_series(finding.series_instance_uid)
            return
        self.back_to_report()
        self.tabs.setCurrentIndex(0)
        if finding.section is not None:
            self.editor.go_to_text(finding.section, finding.words or "[")

    def _sign(self, preliminary: bool) -> None:
        case = self._case
        if case is None or self._signing:
            return
        self._signing = True
        self._check_timer.stop()
        self.sign_panel.set_busy(True, "Signing ...")
        report = self._current_report()
        context = self._context(case)
        reader = self._workbench.reader
        workitem_uid = case.task.workitem_uid
        self._bridge.submit(
            lambda _: self._workbench.signing.sign(
                report, context, preliminary=preliminary, reader=reader
            ),
            on_done=lambda _: self.signed.emit(workitem_uid),
            on_failed=self._not_signed,
        )

    def _not_signed(self, error: BaseException) -> None:
        if not isinstance(error, ReaderError):
            raise error
        self._signing = False
        self.sign_panel.set_busy(False, error.sentence())

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, ReaderError):
            raise error
        self.message.emit(error.sentence())

    def _show_documents(self) -> None:
        if self._study is not None and self._case is not None:
            self._documents.show(self._study)
