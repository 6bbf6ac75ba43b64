"""The study store becomes display sets, and grows while instances arrive.

Headers are parsed once and kept; pixels are not touched. Nothing here runs in the Qt thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Protocol

from workstation.dicom.attributes import alike
from workstation.dicom.display_sets import build_studies
from workstation.dicom.documents import encapsulated_document, open_document
from workstation.dicom.reading import ReceivedObject, read_object
from workstation.domain.document_page import PdfFile, ReadablePage
from workstation.domain.errors import Cancelled, ReaderError, StoreDamaged
from workstation.domain.study import NotShown, Study
from workstation.domain.suv import SuvKind
from workstation.domain.waveform import Waveform
from workstation.workflow.jobs import CancelToken, Jobs, Lane
from workstation.workflow.uptake import in_uptake


class StudyObjects(Protocol):
    """The reading side of the study store."""

    def uids(self, study_uid: str) -> Mapping[str, str]:
        """SOP Instance UIDs that are on this disk, each with its Series Instance UID."""

    def read(self, sop_uid: str) -> bytes:
        """The Part 10 bytes of an instance."""


class _Headers:
    """What was parsed of one study so far."""

    def __init__(self) -> None:
        self.objects: dict[str, ReceivedObject] = {}
        self.unreadable: dict[str, NotShown] = {}
        #: what this disk could not give back; it is read again once it was fetched again
        self.damaged: set[str] = set()
        self.study: Study | None = None
        self.queued = False
        #: one thread at a time parses a study
        self.lock = threading.Lock()


class Opening:
    """Studies as far as they have arrived."""

    def __init__(
        self, store: StudyObjects, jobs: Jobs, suv: Callable[[], SuvKind] = lambda: SuvKind.BW
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._suv = suv
        self._lock = threading.Lock()
        self._held: dict[str, _Headers] = {}
        self._listeners: list[Callable[[Study], None]] = []

    def listen(self, callback: Callable[[Study], None]) -> Callable[[], None]:
        """`callback(study)` on a job thread after a study has grown, in the order in which it grew;
        it must not open a study. Call the result to end."""
        with self._lock:
            self._listeners.append(callback)

        def end() -> None:
            with self._lock:
                if callback in self._listeners:
                    self._listeners.remove(callback)

        return end

    def study(self, study_uid: str) -> Study | None:
        """The study as it was last opened, without touching the disk."""
        with self._lock:
            held = self._held.get(study_uid)
            return None if held is None else held.study

    def open(self, study_uid: str, cancel: CancelToken | None = None) -> Study:
        """Parse what is new and build the display sets; blocks, so never in the Qt thread.

        Cancelled once `cancel` was cancelled: whoever cancels and then calls `close` leaves no
        headers behind.
        """
        with self._lock:
            if cancel is not None:
                cancel.raise_if_cancelled()
            held = self._held.setdefault(study_uid, _Headers())
        return self._grown(study_uid, held, cancel)

    def _grown(self, study_uid: str, held: _Headers, cancel: CancelToken | None) -> Study:
        with held.lock:
            changed = self._parse(study_uid, held, cancel)
            if changed or held.study is None:
                held.study = self._built(study_uid, held)
            study = held.study
            if changed:
                with self._lock:
                    listeners = list(self._listeners)
                # Still one thread at a time: told after the next thread has told its own, an older
                # study would take the place of the newer one for good.
                for listener in listeners:
                    listener(study)
        return study

    def refresh(self, study_uid: str) -> None:
        """Something arrived: open again soon. Arrivals in between are taken together."""
        with self._lock:
            held = self._held.get(study_uid)
            if held is None or held.queued:
                return
            held.queued = True

        def work(token: CancelToken) -> None:
            with self._lock:
                held.queued = False
                if self._held.get(study_uid) is not held:
                    return  # it was closed meanwhile
            self._grown(study_uid, held, token)

        self._jobs.submit(work, lane=Lane.VISIBLE)

    def opened(self) -> frozenset[str]:
        """Study Instance UIDs that are open now."""
        with self._lock:
            return frozenset(self._held)

    def close(self, study_uid: str) -> None:
        """Forget the headers of a study."""
        with self._lock:
            self._held.pop(study_uid, None)

    def document(self, sop_uid: str) -> tuple[str, bytes]:
        """(MIME type, bytes) of an encapsulated document; blocks."""
        mime, content = encapsulated_document(self._store.read(sop_uid))
        return mime, content

    def page(self, sop_uid: str) -> ReadablePage | PdfFile | Waveform:
        """A document as it is read; blocks."""
        return open_document(self._store.read(sop_uid))

    def _parse(self, study_uid: str, held: _Headers, cancel: CancelToken | None) -> bool:
        there = self._store.uids(study_uid)
        for uid in held.damaged & there.keys():
            held.damaged.discard(uid)
            held.unreadable.pop(uid, None)
        new = [uid for uid in there if uid not in held.objects and uid not in held.unreadable]
        with alike():
            for uid in new:
                if cancel is not None and cancel.cancelled:
                    raise Cancelled("The study was closed while it was being opened.")
                self._take(study_uid, held, uid)
        gone = [uid for uid in held.objects if uid not in there]
        for uid in gone:
            del held.objects[uid]
        return bool(new or gone)

    def _take(self, study_uid: str, held: _Headers, uid: str) -> None:
        """The header of one object, or why it is not shown."""
        try:
            received = read_object(self._store.read(uid))
        except ReaderError as error:
            if isinstance(error, StoreDamaged):
                held.damaged.add(uid)
            held.unreadable[uid] = NotShown(
                "", uid, error.happened, "Unreadable file", error.remedy or "Fetch it again."
            )
            return
        if received.study_instance_uid == study_uid:
            held.objects[uid] = received
            return
        named = received.study_instance_uid
        held.unreadable[uid] = NotShown(
            "",
            uid,
            "It belongs to another study." if named else "It names no study.",
            received.sop_class_name,
            "Ask the site.",
        )

    def _built(self, study_uid: str, held: _Headers) -> Study:
        for study in build_studies(tuple(held.objects.values()), tuple(held.unreadable.values())):
            if study.study_instance_uid in (study_uid, ""):
                return in_uptake(study, self._suv())
        # Nothing arrived yet: an empty study, which the reading room shows in words.
        from workstation.domain.identity import Patient

        return Study(study_uid, Patient())
