"""Beside the text of a draft: what it follows on, and what the reader enters about that."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workstation.domain.errors import ReaderError
from workstation.domain.report import Report, Version
from workstation.domain.study import Study
from workstation.ui.job_bridge import JobBridge
from workstation.ui.report.amendment_note import AmendmentNote
from workstation.workflow.jobs import Lane
from workstation.workflow.reporting import Reporting


class ReportLife(QObject):
    """Ties the note above the text to `Reporting`, which owns the draft."""

    #: the draft that was open is dropped
    discarded = Signal()
    #: something was entered: the checks see it
    changed = Signal()
    failed = Signal(object)

    def __init__(self, note: AmendmentNote, reporting: Reporting, bridge: JobBridge) -> None:
        super().__init__(note)
        self._note, self._reporting, self._bridge = note, reporting, bridge
        self._identifier = ""
        #: structured reports that were looked at, of any study: each is looked at once
        self._documents: frozenset[str] = frozenset()
        note.reason_changed.connect(lambda words: self._change(reason=words))
        note.discrepancy_changed.connect(lambda held: self._change(discrepancy=held))
        note.discard_asked.connect(self._discard)

    def show(self, report: Report) -> bool:
        """Show what the draft follows on; whether it may take another template."""
        self._identifier = report.identifier
        self._note.show_report(report)
        return report.version is Version.ORIGINAL

    def begins_with(self, study: Study | None) -> None:
        """A draft is being opened that takes these documents into account."""
        self._documents |= _structured(study)

    def wants_anew(self, report: Report, study: Study | None) -> bool:
        """Whether a document has arrived that an untouched draft may have to begin with."""
        new = _structured(study) - self._documents
        untouched = report.revision == 0 and report.version is Version.ORIGINAL
        return bool(new) and untouched and report.author is None

    def clear(self) -> None:
        """The case is left."""
        self._identifier = ""
        self._note.clear()

    def _change(self, **what: object) -> None:
        if self._identifier:
            self._reporting.change(self._identifier, **what)
            self.changed.emit()

    def _discard(self) -> None:
        identifier = self._identifier
        if identifier:

            def failed(error: BaseException) -> None:
                if not isinstance(error, ReaderError):
                    raise error
                self.failed.emit(error)

            def discarded(_: object) -> None:
                # Another case may be open by now, which must stay.
                if self._identifier == identifier:
                    self.discarded.emit()

            self._bridge.submit(
                lambda _: self._reporting.discard(identifier),
                lane=Lane.INTERACTION,
                on_done=discarded,
                on_failed=failed,
            )


def _structured(study: Study | None) -> frozenset[str]:
    """The structured reports of a study."""
    return frozenset(
        document.sop_instance_uid
        for shown in (study.display_sets if study is not None else ())
        for document in shown.documents
        if document.mime_type == "text/plain"
    )
