"""Puts the windows together: worklist, reading room, report."""

from __future__ import annotations

from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from workstation.commands.registry import REGISTRY, Place
from workstation.domain.delivery import OutboxEntry
from workstation.domain.dictation import SpokenCommand
from workstation.domain.errors import Cancelled, ReaderError
from workstation.domain.overlays import OverlayKind, SRMeasurements
from workstation.domain.reading_task import PriorStudy, ReadingTask
from workstation.domain.report import Version
from workstation.domain.study import DisplaySetKind, Study
from workstation.ui.dictation.controller import DictationController
from workstation.ui.dictation.hands import Hands
from workstation.ui.dictation.line import DictationLine
from workstation.ui.dictation.spoken import SpokenCommands
from workstation.ui.job_bridge import JobBridge
from workstation.ui.main_window import MainWindow
from workstation.ui.report.panel import ReportPanel
from workstation.ui.report.prior_reports import PriorReport, prior_report
from workstation.ui.report.template_editor.page import TemplatesPage
from workstation.ui.viewport.prior_studies import open_ones
from workstation.ui.viewport.reading_room import ReadingRoom
from workstation.workflow.jobs import Lane
from workstation.workflow.lesion_table import PriorSizes, prior_sizes
from workstation.workflow.measuring import Measuring
from workstation.workflow.overlays import described
from workstation.workflow.workbench import Workbench


class Desk(MainWindow):
    """The whole window on a workbench."""

    def __init__(self, workbench: Workbench, bridge: JobBridge) -> None:
        self.room = ReadingRoom(
            workbench, bridge, workbench.settings.text("display.superior_letter")
        )
        self.panel = ReportPanel(workbench, bridge, self.room)
        self.room.set_side_panel(self.panel)
        super().__init__(workbench, bridge, self.room)
        self._bench = workbench
        self.report = self.panel
        self.room.verbs.insert_measurement = self.panel.insert_measurement
        self.room.verbs.next_field = lambda steps: self.panel.next_field(backwards=steps < 0)
        self._follow_habits("viewer.left_drag")
        #: built when it is first asked for
        self.templates_page: TemplatesPage | None = None
        self._before_templates: QWidget | None = None
        self._reading: ReadingTask | None = None
        #: Study Instance UID → documents that were looked at
        self._documents: dict[str, int] = {}
        self._ends = [
            workbench.settings.listen(bridge.relay(self._follow_habits)),
            workbench.opening.listen(bridge.relay(self._study_grew)),
            workbench.shelf.listen(bridge.relay(self.panel.templates.changed)),
        ]
        self.room.bar.settings_asked.connect(self.show_settings)
        self.room.case_opened.connect(self._case_opened)
        self.room.study_changed.connect(self.panel.study_changed)
        self.room.case_closed.connect(self.panel.leave)
        self.room.case_closed.connect(self._case_closed)
        self.room.hand_back_requested.connect(self._hand_back)
        #: the field under the cursor of the report
        self._field = ""
        self.panel.place_changed.connect(self._at_place)
        self.panel.edit_templates.clicked.connect(self.show_templates)
        self.panel.signed.connect(self._signed)
        self.panel.message.connect(self.say)
        self._dictation_line = DictationLine()
        self.room.caption.give_place(self._dictation_line)
        self._dictation_line.shown.connect(self.room.caption.words.setHidden)
        self.dictation = DictationController(
            workbench.dictating,
            bridge,
            self.panel.editor,
            self._dictation_line,
            lambda: workbench.settings.text("dictation.microphone"),
            self,
        )
        self.dictation.message.connect(self.say)
        self.panel.macros.said.connect(self.dictation.wrote)
        self.spoken = SpokenCommands(
            self, self.panel, self.room, self._macro_name, workbench.settings,
            self.dictation.message,
        )  # fmt: skip
        self.dictation.commanded.connect(self._spoken_command)
        self.dictation.not_commanded.connect(self._not_commanded)
        self.room.case_closed.connect(self.dictation.leave)
        self.hands = Hands(
            workbench.hands, workbench.settings, bridge, self._by_hand, self.say, self
        )
        self.panel.opened.connect(self._learn_phrases)
        self.panel.table.sizes = self._prior_sizes
        self.panel.width_changed.connect(self._fit_panel)
        self.panel.life.discarded.connect(self.show_worklist)
        self.list_page.amend_asked.connect(self._amend)
        self.outbox_page.amend_asked.connect(self._amend_entry)

    def _follow_habits(self, key: str) -> None:
        if key in ("viewer.left_drag", "display.superior_letter"):
            settings = self._bench.settings
            self.room.follow_habits(
                settings.text("viewer.left_drag"), settings.text("display.superior_letter")
            )

        if key == "viewer.corner_text":
            self.room.fade_corner_text(self._bench.settings.text("viewer.corner_text") == "fades")

    def _case_opened(self, task: ReadingTask, study: Study, measuring: Measuring) -> None:
        self.panel.show_task(task, study, measuring)
        self._reading, self._documents = task, {}
        # Only now has the room a window of the desktop whose events it can watch.
        self._follow_habits("viewer.corner_text")
        self._load_prior_reports(task)

    def _case_closed(self) -> None:
        self._reading, self._documents = None, {}

    def _study_grew(self, study: Study) -> None:
        """A report of an earlier study may have arrived while the case is read."""
        task, uid = self._reading, study.study_instance_uid
        count = sum(len(shown.documents) for shown in study.display_sets)
        if task is None or self._documents.get(uid, 0) == count:
            return
        self._documents[uid] = count
        if uid in {each.study_instance_uid for each in self._priors_of(task)}:
            self._load_prior_reports(task)

    def _priors_of(self, task: ReadingTask) -> tuple[PriorStudy, ...]:
        rows = self._bench.worklist.rows()
        row = next((each for each in rows if each.task.workitem_uid == task.workitem_uid), None)
        return (row.priors if row is not None else None) or ()

    def _load_prior_reports(self, task: ReadingTask) -> None:
        priors = open_ones(self._priors_of(task), self._bench.opening.opened())

        case = self.room.case

        def read(_: object) -> list[PriorReport]:
            found = []
            for prior in priors:
                study = self._bench.opening.open(prior.study_instance_uid, case)
                for shown in study.display_sets:
                    if shown.kind is not DisplaySetKind.DOCUMENT:
                        continue
                    named = prior.description or study.description or "Earlier study"
                    found += [
                        prior_report(
                            self._bench.signed_content, document, prior, named, self._bench.reader
                        )
                        for document in shown.documents
                        if document.text
                    ]
            self._bench.signing.prepare()
            return found

        def show(found: list[PriorReport]) -> None:
            if self._reading is task:
                self.panel.show_priors(found)
                self.dictation.learn(task, [report.text for report in found])

        self._bridge.submit(read, on_done=show)

    def _prior_sizes(self, task: ReadingTask) -> list[PriorSizes]:
        """What was measured on the earlier studies, the newest first. On a job thread."""
        found, case = [], self.room.case
        if self.room.task is not task:
            raise Cancelled("The case was closed.")
        for prior in open_ones(self._priors_of(task), self._bench.opening.opened()):
            uid = prior.study_instance_uid
            contents = [
                self._bench.overlays.content(each)
                for each in described(self._bench.opening.open(uid, case))
                if each.kind is OverlayKind.MEASUREMENTS
            ]
            reported = [each for each in contents if isinstance(each, SRMeasurements)]
            measured = self._bench.measuring_for(uid).measurements()
            alike = task.modality in prior.modalities
            found.append(prior_sizes(_day(prior), measured, reported, alike=alike))
        return found

    def _signed(self, workitem_uid: str) -> None:
        self._bench.delivering.wake()
        task = self.room.task
        if task is None or task.workitem_uid != workitem_uid:
            return  # who has opened another case meanwhile goes on reading it
        if self._in_room():
            self.show_worklist()
        else:
            self._close_study()

    def _amend_entry(self, entry: OutboxEntry, version: Version) -> None:
        rows = {row.task.workitem_uid: row.task for row in self._bench.worklist.rows()}
        task = entry.task or rows.get(entry.workitem_uid)
        if task is None:
            self.outbox_page.message.show_message(
                "The task of this report is not known any more.",
                "Nothing was changed.",
                "Ask the site for a new task on the study.",
            )
            return
        self._amend(task, version)

    def _amend(self, task: ReadingTask, version: Version) -> None:
        """Open the case again, with a draft that follows on its signed report."""
        bench = self._bench
        signing_page = self.pages.currentIndex()

        def work(_: object) -> bool:
            bench.reporting.amend(task, version)
            arrival = bench.signing.arrival(task.study_instance_uid)
            return arrival is not None and arrival.verified

        def begun(whole: bool) -> None:
            if self.pages.currentIndex() != signing_page:
                return  # the reader went elsewhere meanwhile
            if not whole:
                bench.retrieving.start(task.service_id, task.study_instance_uid, urgent=True)
            self._enter_room(task)

        def failed(error: BaseException) -> None:
            if not isinstance(error, ReaderError):
                raise error
            self.outbox_page.message.show_error(error)
            self.say(error.sentence())

        self._bridge.submit(work, lane=Lane.INTERACTION, on_done=begun, on_failed=failed)

    # -- dictation: what the table of commands calls ------------------------------------------

    def _learn_phrases(self, task: ReadingTask, texts: list[str]) -> None:
        self.dictation.show_task(task, texts)

    def dictate(self) -> None:
        """Begin to listen, or end it."""
        self.dictation.talk()

    def voice_command(self) -> None:
        """Listen for a command."""
        self.dictation.talk(command=True)

    def let_go_of_dictation(self) -> None:
        """What was held to talk went up."""
        self.dictation.let_go()

    def stop_dictating(self) -> None:
        """Enough said."""
        self.dictation.release()

    def _by_hand(self, identifier: str) -> None:
        """A pedal, a button of a microphone or of the mouse."""
        if REGISTRY[identifier].where is Place.EVERYWHERE and identifier.startswith("dictation."):
            REGISTRY[identifier].run(self)
        elif self._in_room():
            self.spoken.obey(SpokenCommand(identifier))

    def showEvent(self, event: QShowEvent) -> None:
        """Only now there is a window of the system whose mouse can be watched."""
        super().showEvent(event)
        self.hands.watch(self.windowHandle())

    def revert_correction(self) -> None:
        """Put back what was heard."""
        self.dictation.revert()

    def replay_utterance(self) -> None:
        """Play a sentence as it was spoken."""
        self.dictation.replay()

    def scratch_utterance(self) -> None:
        """Take back the last sentence."""
        self.dictation.scratch()

    def confirm_dictated(self) -> None:
        """One step of reading what was dictated."""
        if self._in_room():
            self.panel.focus_report()
            self.say(self.panel.editor.review.confirm())

    def _spoken_command(self, spoken: SpokenCommand) -> None:
        # Who has gone back to the list meanwhile wants nothing done to a case.
        if self._in_room():
            self.spoken.obey(spoken)

    def _not_commanded(self, heard: str) -> None:
        if self._in_room():
            self.spoken.answer(f"No command sounds like “{heard}”.", done=False)

    def _macro_name(self, shortcut: str) -> str:
        macro = self._bench.reporting.macros.get(shortcut)
        return macro.spoken if macro is not None else shortcut

    def go_to_section(self, name: str) -> None:
        """The cursor of the report to a section."""
        self.spoken.go_to_section(name)

    def insert_macro(self, shortcut: str) -> None:
        """A macro at the cursor of the report."""
        self.spoken.insert_macro(shortcut)

    def choose_preset(self, title: str) -> None:
        """A window by its name."""
        self.spoken.choose_preset(title)

    def undo_last(self) -> None:
        """Take back what was done last where the keyboard is."""
        self.spoken.undo_last()

    def select_last_sentence(self) -> None:
        """Select what was written last."""
        self.spoken.select_last_sentence()

    def capitalise(self) -> None:
        """A capital for the last word or the selection."""
        self.spoken.capitalise()

    # -- templates and macros ------------------------------------------------------------------

    def show_settings(self) -> None:
        """The settings; their page of templates leads to the editor."""
        new = self.settings_page is None
        super().show_settings()
        if new and self.settings_page is not None:
            self.settings_page.templates_asked.connect(self.show_templates)

    def show_templates(self) -> None:
        """The editor, at the template and the field that are written; a second time leaves it."""
        if self.templates_page is None:
            self.templates_page = TemplatesPage(self._bench.shelf, self._bridge)
            self.templates_page.leave_asked.connect(self._leave_templates)
            self.pages.addWidget(self.templates_page)
        if self.pages.currentWidget() is self.templates_page:
            self._leave_templates()
            return
        self._before_templates = self.pages.currentWidget()
        reading = self._before_templates is self.room
        self.pages.setCurrentWidget(self.templates_page)
        if reading:
            self.templates_page.open_at(str(self.panel.template.currentData() or ""), self._field)
        else:
            self.templates_page.open_at()

    def _at_place(self, _section: str, field: str) -> None:
        self._field = field

    def _leave_templates(self) -> None:
        self._return_to(self._before_templates)

    def _hand_back(self, _task: ReadingTask) -> None:
        self.show_worklist()
        self.list_page.hand_back_selected()

    def say(self, words: str) -> None:
        """A sentence where the reader looks: below the images, or in the pane of the list."""
        if self.pages.currentWidget() is self.room:
            self.room.caption.say(words)
        else:
            self.list_page.say(words)

    def _fit_panel(self) -> None:
        self.room.fit_panel(wide=self.panel.signing_now)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Write the draft, let go of the study, then close."""
        for end in self._ends:
            end()
        self.hands.close()
        self.dictation.close()
        if self.templates_page is not None:
            self.templates_page.close_page()
        self.panel.close_panel()
        self.room.shut()
        super().closeEvent(event)


def _day(prior: PriorStudy) -> str:
    when = prior.study_datetime
    return f"{when.day} {when:%b %Y}" if when is not None else ""
