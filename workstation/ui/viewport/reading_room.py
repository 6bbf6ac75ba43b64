"""The reading room: the images of one case, with the report beside them and never over them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal

from workstation.domain.errors import ReaderError
from workstation.domain.reading_task import ReadingTask
from workstation.domain.study import Study
from workstation.ui.job_bridge import JobBridge
from workstation.ui.viewport import frame_names
from workstation.ui.viewport.case_strip import CaseStrip
from workstation.ui.viewport.going_to import GoingTo
from workstation.ui.viewport.room_context import (
    NOTHING_OPEN,
    RoomContext,
    context_of,
    looked_at,
    unread_series,
)
from workstation.ui.viewport.room_frame import RoomWorkbench
from workstation.ui.viewport.stages import Stages
from workstation.workflow import hanging
from workstation.workflow.jobs import CancelToken, Lane
from workstation.workflow.measuring import Measuring


class ReadingRoom(GoingTo):
    """Shows one task at a time."""

    #: (task, study, measuring) once the study is open
    case_opened = Signal(object, object, object)
    study_changed = Signal(object)
    case_closed = Signal()
    hand_back_requested = Signal(object)

    def __init__(self, workbench: RoomWorkbench, bridge: JobBridge, superior: str = "H/F") -> None:
        super().__init__(workbench, bridge, superior)
        self._task: ReadingTask | None = None
        #: cancelled when the case is closed: what opens its studies then leaves none behind
        self.case = CancelToken()
        self._stages = Stages()
        self._endings: list[Callable[[], None]] = []
        self._case_strip = CaseStrip(self.strip, self.images, workbench, bridge)
        self.images.seen_changed.connect(self._show_strip)
        self.strip.wanted.connect(self._want_thumbnail)
        self.strip.chosen.connect(self._chosen)
        self.card.fetch_again.connect(self._fetch_again)
        self.card.hand_back.connect(lambda: self.hand_back_requested.emit(self._task))
        self.strip.unshown_asked.connect(self.show_unshown)
        self.verbs.list_unshown = self.show_unshown
        self.page.name_of = lambda frame: frame_names.name_of(self._study, frame)
        self.page.frame_asked.connect(self.show_key_image)
        self.verbs.step_stage = self._step_stage

    @property
    def task(self) -> ReadingTask | None:
        """The task whose study is open, or is being opened."""
        return self._task

    @property
    def study(self) -> Study | None:
        """The study that is open."""
        return self._study

    @property
    def stage_names(self) -> tuple[str, ...]:
        """The stages of the hanging that can be shown now."""
        return self._stages.names

    # -- opening and closing -------------------------------------------------------------------

    def show_task(self, task: ReadingTask) -> None:
        """Open the study of a task; what is shown grows while it arrives."""
        self.close_study()
        self._task, self.case = task, CancelToken()
        uid = task.study_instance_uid
        self.bar.show_task(task)
        self.bar.show_stage("", 0, 0)
        self._area.setCurrentWidget(self.images)
        self._say_empty("The study is being opened")
        workbench, bridge = self._workbench, self._bridge
        retrieving, opening = workbench.retrieving, workbench.opening

        def arrived(study_uid: str) -> None:
            opening.refresh(study_uid)
            bridge.post(lambda: self._retrieval_changed(study_uid))

        self._endings = [
            opening.listen(bridge.relay(self._grew)),
            retrieving.listen(arrived),
            workbench.worklist.listen(bridge.relay(self._learn_priors)),
        ]
        self._open(uid, self._opened)
        self._learn_priors()
        self._state_changed()

    def _learn_priors(self) -> None:
        """Earlier studies may become known, or new ones arrive, while the case is read."""
        task = self._task
        if task is None:
            return
        rows = self._workbench.worklist.rows()
        row = next((r for r in rows if r.task.workitem_uid == task.workitem_uid), None)
        if row is None or row.priors is None or row.priors == self._priors.known:
            return
        for uid in self._priors.learn(row.priors):
            self._open(uid, self._prior_opened)
        self._show_strip()

    def _open(self, uid: str, done: Callable[[ReadingTask, Study, Measuring], None]) -> None:
        task, workbench, case = self._task, self._workbench, self.case
        if task is None:
            return

        def work(_: CancelToken) -> tuple[Study, Measuring]:
            return workbench.opening.open(uid, case), workbench.measuring_for(uid)

        def opened(held: tuple[Study, Measuring]) -> None:
            if self._task is task:
                self.images.hold_marks(held[1])
                # It may have grown while this result was on its way, and was not shown then.
                done(task, workbench.opening.study(uid) or held[0], held[1])

        self._bridge.submit(
            work, lane=Lane.INTERACTION, on_done=opened, on_failed=self._opening_failed
        )

    def _opening_failed(self, error: BaseException) -> None:
        if not isinstance(error, ReaderError):
            raise error
        self._say_empty(error.sentence())
        self.caption.say(error.sentence())

    def _opened(self, task: ReadingTask, study: Study, measuring: Measuring) -> None:
        self._retrieval_changed(study.study_instance_uid)
        self._show_study(study)
        self.case_opened.emit(task, study, measuring)
        self.focus_images()

    def _prior_opened(self, task: ReadingTask, study: Study, _: Measuring) -> None:
        uid = study.study_instance_uid
        if study.received:
            self._priors.take(study)
            self._hang_again()
        elif uid == self._priors.newest_like(task):
            self._workbench.retrieving.start(task.service_id, uid)
        self._show_strip()

    def _grew(self, study: Study) -> None:
        uid = study.study_instance_uid
        if self._task is None:
            return
        if uid == self._task.study_instance_uid and self._study is not None:
            self._show_study(study)
            self.study_changed.emit(study)
        elif self._priors.names(uid) and study.received:
            self._priors.take(study)
            self.images.study_grew(study)
            self._hang_again()
            self._show_strip()

    def _retrieval_changed(self, study_uid: str) -> None:
        self.images.retrieval_changed(study_uid, self._workbench.retrieving.progress(study_uid))
        if self._study is not None:
            if study_uid == self._study.study_instance_uid and not self._stages:
                self._show_nothing(self._study)
            self._show_strip()

    def _show_study(self, study: Study) -> None:
        self._study = study
        if self._task is not None:
            self.bar.show_task(self._task, study)
        self.images.study_grew(study)
        self.images.overlaying.show_study(study, prior=False)
        self._hang_again()
        self._show_strip()

    def _hang_again(self) -> None:
        """The stages for what has arrived; the one shown changes only while nobody touched it."""
        study = self._study
        if study is None:
            return
        for prior in self._priors.opened.values():
            self.images.overlaying.show_study(prior, prior=True)
        priors = list(self._priors.opened.values())
        other = self._stages.hang(study, priors, touched=self.images.touched)
        self._usable = bool(self._stages)
        if not self._stages:
            self._show_nothing(study)
            return
        if self._area.currentWidget() is self.card and not self.card.over_images:
            self._area.setCurrentWidget(self.images)
        if other:
            self._show_stage()
        self._name_stage()
        self._state_changed()

    def _name_stage(self) -> None:
        self.bar.show_stage(self._stages.shown.name, self._stages.index, len(self._stages))

    def _show_stage(self) -> None:
        study = self._study
        if study is not None and self._stages:
            self._say_empty("Drag a series here")
            self.images.show_stage(self._stages.shown, [study, *self._priors.opened.values()])

    def _step_stage(self, steps: int) -> None:
        if self._stages:
            self._stages.step(steps)
            self.images.touched = True
            self._show_stage()
            self._name_stage()
            self.images.active.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_nothing(self, study: Study) -> None:
        progress = self._workbench.retrieving.progress(study.study_instance_uid)
        if progress is not None and not progress.verified and progress.received < progress.expected:
            self._say_empty(f"No image yet: {progress.received} of {progress.expected} files here")
            self._area.setCurrentWidget(self.images)
            return
        documents = hanging.documents(study)
        if documents and not study.not_shown:
            # An ECG or a report alone is what there is to read.
            if self._area.currentWidget() is not self.page:
                self.page.show_document(documents[0].documents[0])
                self._area.setCurrentWidget(self.page)
            return
        site = self._task.site if self._task is not None else ""
        self.card.show_study(study, site)
        self._area.setCurrentWidget(self.card)

    def show_unshown(self) -> None:
        """List what arrived and is shown nowhere, with reasons, or go back to the images."""
        study = self._study
        if study is None or not study.not_shown:
            self.caption.say("All that arrived of this study is shown.")
        elif self._area.currentWidget() is self.card:
            self.focus_images()
        else:
            site = self._task.site if self._task is not None else ""
            self.card.show_study(study, site, over_images=True)
            self._area.setCurrentWidget(self.card)

    def _say_empty(self, words: str) -> None:
        for viewport in self.images.grid.viewports:
            viewport.empty_words = words
            viewport.update()

    def close_study(self) -> None:
        """Let go of the case; what was measured is written."""
        self.case.cancel()
        for end in self._endings:
            end()
        self._endings = []
        had, self._task = self._task, None
        self._study = None
        self._stages.clear()
        self._usable = False
        self.images.close_case()
        self._case_strip.clear()
        self.bar.stop()
        opened = [had.study_instance_uid] if had is not None else []
        for uid in [*opened, *self._priors.clear()]:
            self._workbench.opening.close(uid)
        if had is not None:
            self.case_closed.emit()

    def shut(self) -> None:
        """The window closes."""
        self.close_study()
        self.images.shut()

    # -- the strip -----------------------------------------------------------------------------

    def _show_strip(self) -> None:
        if self._study is not None:
            self._case_strip.show(self._study, self._priors)

    def _want_thumbnail(self, study_uid: str, identifier: str) -> None:
        study = self._studies().get(study_uid)
        if study is not None:
            self._case_strip.draw(study, identifier)

    def _chosen(self, study_uid: str, identifier: str) -> None:
        if not identifier and self._task is not None:
            if self._priors.ask(study_uid):
                self._open(study_uid, self._prior_opened)
            self._workbench.retrieving.start(self._task.service_id, study_uid, urgent=True)
            self.caption.say("The earlier study is being fetched.")
            return
        self._open_set(self.images.active, study_uid, identifier)

    def _fetch_again(self) -> None:
        if self._task is not None:
            task = self._task
            self._workbench.retrieving.start(task.service_id, task.study_instance_uid, urgent=True)
            self.caption.say("The study is being fetched again.")

    # -- what the checks ask ---------------------------------------------------------------------

    def unread_series(self) -> tuple[str, ...]:
        """Series Instance UIDs with images that were never opened."""
        study = self._study
        if study is None:
            return ()
        return unread_series(study, self.images.measuring(study.study_instance_uid))

    def priors_looked_at(self) -> frozenset[str]:
        """Study Instance UIDs of earlier studies of which an image was on the screen."""
        return frozenset(
            uid
            for uid, study in self._priors.opened.items()
            if looked_at(study, self.images.measuring(uid))
        )

    def context(self) -> RoomContext:
        """What the checks before signing need."""
        study = self._study
        if study is None:
            return NOTHING_OPEN
        progress = self._workbench.retrieving.progress(study.study_instance_uid)
        return context_of(study, progress, self.unread_series())
