"""The draft: in memory at once, on the disk within the autosave delay, never lost to a crash."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Protocol

from workstation.domain.clock import Clock
from workstation.domain.errors import ReaderError, StateRefused, StoreDamaged
from workstation.domain.reading_task import PriorStudy, ReadingTask
from workstation.domain.report import Report, ReportState, Section, Version
from workstation.domain.report_content import ReportContent
from workstation.domain.study import Study
from workstation.workflow import amending, second_reading
from workstation.workflow.macros import Macros
from workstation.workflow.merge_fields import (
    FieldAnswer,
    fill,
    known_later,
    late_answers,
    merge_values,
)
from workstation.workflow.second_reading import Preliminary
from workstation.workflow.templates import ReportTemplate, Templates


class DraftStore(Protocol):
    """What reporting asks of this disk."""

    def save(self, report: Report) -> None:
        """On the disk when it returns."""

    def load(self, study_uid: str) -> Report | None:
        """The draft of a study."""

    def signed(self, study_uid: str) -> tuple[Report, ...]:
        """Signed versions, oldest first."""
        ...

    def last_document(self, study_uid: str) -> str:
        """SOP Instance UID of the newest signed document."""

    def discard(self, study_uid: str) -> None:
        """Drop a draft."""


Listener = Callable[[Report], None]


def _nothing_signed(_: str) -> ReportContent:
    raise StoreDamaged("The signed document is not on this disk.")


class Reporting:
    """Sole owner of drafts. One thread writes them; the windows only hand over what was typed."""

    def __init__(
        self,
        store: DraftStore,
        templates: Templates,
        clock: Clock,
        *,
        delay_seconds: float = 1.0,
        priors: Callable[[ReadingTask], Sequence[PriorStudy] | None] = lambda _: None,
        macros: Macros | None = None,
        signed_content: Callable[[str], ReportContent] = _nothing_signed,
        audit: Callable[[str, str], None] = lambda _event, _subject: None,
        second_reading: Callable[[Study], Preliminary | None] = lambda _: None,
    ) -> None:
        self._second_reading = second_reading
        self._audit = audit
        self._signed_content = signed_content
        self._store = store
        self._templates = templates
        self._clock = clock
        self._delay = delay_seconds
        self._priors = priors
        self.macros = macros or Macros()
        self._lock = threading.Condition()
        self._current: dict[str, Report] = {}
        self._dirty: dict[str, float] = {}
        self._problems: dict[str, ReaderError] = {}
        self._failures = 0
        self._listeners: list[Listener] = []
        self._closing = False
        self._busy = False
        self._thread = threading.Thread(target=self._write, name="draft-writer", daemon=True)
        self._thread.start()

    # -- templates -------------------------------------------------------------------------

    def templates(self) -> tuple[ReportTemplate, ...]:
        """All templates."""
        return self._templates.all()

    def template(self, name: str) -> ReportTemplate | None:
        """One template."""
        return self._templates.get(name)

    # -- drafts ----------------------------------------------------------------------------

    def open(self, task: ReadingTask, study: Study | None, measured: Sequence[str] = ()) -> Report:
        """The draft of the task's study as it was left, or a new one from the template that fits.

        A new draft is saved with its first edit: looking at a case leaves nothing behind. After a
        preliminary report it begins with the words of that report. `measured` are the identifiers
        of the measurements on the study.
        """
        if task.study_instance_uid:
            self._audit("study opened", task.study_instance_uid)
        held = self._store.load(task.study_instance_uid)
        if held is None:
            with self._lock:
                same = self._of_study(task.study_instance_uid)
            if same is not None and (same.revision or same.version is not Version.ORIGINAL):
                return same  # typed, or begun as an amendment, and not on the disk yet
            name = self._templates.choose(task, self._clock().date()).name
            identifier = same.identifier if same else str(uuid.uuid4())
            return self._fresh(task, study, name, identifier, measured=measured)
        held = replace(held, workitem_uid=task.workitem_uid)
        with self._lock:
            known = self._current.get(held.identifier)
            if known is not None and known.revision >= held.revision:
                return known
            self._current[held.identifier] = held
        return held

    def from_template(
        self, task: ReadingTask, study: Study | None, name: str, measured: Sequence[str] = ()
    ) -> Report:
        """The draft of that study begun anew from another template; saved like an edit."""
        with self._lock:
            same = self._of_study(task.study_instance_uid)
        identifier = same.identifier if same else str(uuid.uuid4())
        revision = same.revision if same else 0
        report = self._fresh(task, study, name, identifier, revision + 1, same, measured)
        with self._lock:
            self._mark(identifier)
        return report

    def answers(
        self, task: ReadingTask, study: Study | None, looked_at: Collection[str]
    ) -> tuple[FieldAnswer, ...]:
        """What became known since the draft began: dose and tracer once they arrived, an earlier
        study once an image of it was shown. `looked_at` are Study Instance UIDs."""
        priors = self._priors(task) or ()
        shown = [each for each in priors if each.study_instance_uid in looked_at]
        return late_answers(known_later(study, shown))

    def amend(self, task: ReadingTask, version: Version) -> Report:
        """Begin an addendum to the final report on the task's study, or a corrected one.

        `open` gives it next. What was begun before is gone on with. StateRefused where there is
        no final report, or another draft on the study. Not on the Qt thread.
        """
        study_uid = task.study_instance_uid
        with self._lock:
            same = self._of_study(study_uid)
        held = self._store.load(study_uid) or (same if same and same.revision else None)
        if held is not None:
            if held.version is version:
                return held
            raise StateRefused(
                f"A draft on this study is open: {amending.NAMES[held.version]}.",
                remedy="Sign or discard it first.",
            )
        last = self._store.signed(study_uid)[-1:]
        if not last or last[0].state is not ReportState.FINAL:
            raise StateRefused(
                "There is no final report on this study.",
                remedy="A preliminary report is followed by the final one: open the case.",
            )
        document = self._store.last_document(study_uid)
        report = amending.begin(
            str(uuid.uuid4()), task, last[0], self._signed_content(document), version
        )
        with self._lock:
            if same is not None:
                self._current.pop(same.identifier, None)
            self._current[report.identifier] = report
        return report

    def change(self, identifier: str, **what: object) -> Report:
        """Take what was entered beside the text: `reason`, `discrepancy`; saved like an edit."""
        with self._lock:
            held = self._current[identifier]
            if held.state is not ReportState.DRAFT or not what.keys() <= {"reason", "discrepancy"}:
                raise ValueError("what is signed does not change")
            report = replace(held, revision=held.revision + 1, **what)  # type: ignore[arg-type]
            self._current[identifier] = report
            self._mark(identifier)
        return report

    def discard(self, identifier: str) -> None:
        """Drop a draft for good: the reader asked for it. Not on the Qt thread."""
        with self._lock:
            held = self._current.pop(identifier, None)
            self._dirty.pop(identifier, None)
            self._problems.pop(identifier, None)
            self._lock.wait_for(lambda: not self._busy, 10)
        if held is not None:
            self._store.discard(held.study_instance_uid)
            self._audit("draft discarded", held.study_instance_uid)

    def _of_study(self, study_uid: str) -> Report | None:
        """The draft that is open on a study; the lock is held."""
        found = (each for each in self._current.values() if each.study_instance_uid == study_uid)
        return next(found, None)

    def _fresh(
        self,
        task: ReadingTask,
        study: Study | None,
        name: str,
        identifier: str,
        revision: int = 0,
        same: Report | None = None,
        measured: Sequence[str] = (),
    ) -> Report:
        template = self._templates.get(name) or self._templates.choose(task, self._clock().date())
        values = merge_values(task, study, self._clock().date(), self._priors(task), measured)
        report = Report(
            identifier=identifier,
            study_instance_uid=task.study_instance_uid,
            workitem_uid=task.workitem_uid,
            template=template.name,
            sections=fill(template, values),
            revision=revision,
            predecessor_sop_instance_uid=self._store.last_document(task.study_instance_uid),
            title=task.procedure,
        )
        last = self._store.signed(task.study_instance_uid)[-1:]
        if not revision and last and last[0].state is ReportState.PRELIMINARY:
            report = replace(report, template=last[0].template, sections=last[0].sections)
        if same is not None and same.author is not None:
            report = second_reading.again(report, same)
        elif not revision and study is not None and not last:
            before = self._second_reading(study)
            report = second_reading.begin(report, before) if before is not None else report
        with self._lock:
            known = self._current.get(identifier)
            if known is not None and known.revision > report.revision:
                return known  # somebody typed meanwhile
            self._current[identifier] = report
        return report

    def current(self, identifier: str) -> Report:
        """The newest content; KeyError for a report that is not open."""
        with self._lock:
            return self._current[identifier]

    def edit(self, identifier: str, sections: tuple[Section, ...]) -> Report:
        """Take what was typed. Returns at once; it is on the disk within the delay. StateRefused
        once the report was signed: who opened the case again meanwhile still has it on the screen.
        """
        with self._lock:
            held = self._current.get(identifier)
            if held is None:
                raise StateRefused(
                    "This report has just been signed.",
                    means="What was typed since is not in it.",
                    remedy="Open the case again and write an addendum.",
                )
            if held.state is not ReportState.DRAFT:
                raise ValueError("what is signed does not change")
            if held.sections == sections:
                return held
            report = replace(held, sections=sections, revision=held.revision + 1)
            self._current[identifier] = report
            self._mark(identifier)
        return report

    def _mark(self, identifier: str) -> None:
        # The delay runs from the first unsaved key: typing without a pause is saved too.
        self._dirty.setdefault(identifier, time.monotonic() + self._delay)
        self._lock.notify_all()

    def problem(self, identifier: str) -> ReaderError | None:
        """Why the newest content is not on the disk, or None."""
        with self._lock:
            return self._problems.get(identifier)

    def close_report(self, identifier: str) -> None:
        """Let go of a report that was signed."""
        with self._lock:
            self._current.pop(identifier, None)
            self._dirty.pop(identifier, None)
            self._problems.pop(identifier, None)

    # -- writing ---------------------------------------------------------------------------

    def flush(self, timeout: float = 10.0) -> None:
        """Write what is not written yet, and wait for it; raises why it could not be."""
        with self._lock:
            for identifier in self._dirty:
                self._dirty[identifier] = 0.0
            self._lock.notify_all()
            # A save that fails is due again later, so its failure ends the waiting too.
            before = self._failures
            written = self._lock.wait_for(
                lambda: not self._busy and (not self._dirty or self._failures > before), timeout
            )
            for problem in self._problems.values():
                raise problem
            if not written:
                raise StoreDamaged(
                    "This disk has not taken the draft yet.",
                    means="What is on the screen is not saved yet; it is still being written.",
                    remedy="Wait a moment and try again; have the disk checked if it stays.",
                )

    def close(self) -> None:
        """Write everything and end the thread."""
        with self._lock:
            self._closing = True
            for identifier in self._dirty:
                self._dirty[identifier] = 0.0
            self._lock.notify_all()
        self._thread.join(15)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Be told each report that was saved, or could not be; on the writer's thread."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _next_due(self) -> tuple[str, float] | None:
        return min(self._dirty.items(), key=lambda pair: pair[1]) if self._dirty else None

    def _write(self) -> None:
        while True:
            with self._lock:
                while True:
                    due = self._next_due()
                    if due is None and self._closing:
                        return
                    wait = None if due is None else due[1] - time.monotonic()
                    if wait is not None and wait <= 0:
                        break
                    self._lock.wait(wait)
                assert due is not None
                identifier = due[0]
                del self._dirty[identifier]
                report = self._current.get(identifier)
                self._busy = True
            try:
                if report is not None:
                    self._save(report)
            finally:
                with self._lock:
                    self._busy = False
                    self._lock.notify_all()

    def _save(self, report: Report) -> None:
        saved = replace(report, saved_at=self._clock())
        try:
            self._store.save(saved)
        except ReaderError as error:
            with self._lock:
                self._problems[report.identifier] = error
                self._failures += 1
                if not self._closing:
                    # It stays on the screen and is tried again: the disk may have room by then.
                    self._dirty.setdefault(report.identifier, time.monotonic() + 5.0)
        else:
            with self._lock:
                self._problems.pop(report.identifier, None)
                newest = self._current.get(report.identifier)
                if newest is not None:
                    self._current[report.identifier] = replace(newest, saved_at=saved.saved_at)
                    saved = self._current[report.identifier]
        for listener in tuple(self._listeners):
            listener(saved)
