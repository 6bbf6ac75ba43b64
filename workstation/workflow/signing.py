"""Signing: the report and its outbox entry in one transaction, the bytes fixed for good."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from workstation.domain.clock import Clock
from workstation.domain.delivery import (
    DeliveryState,
    DeliveryStep,
    OutboxEntry,
    OutgoingObject,
)
from workstation.domain.errors import SigningRefused
from workstation.domain.identity import Reader, new_uid
from workstation.domain.measurement import KeyImage, Measurement
from workstation.domain.reading_task import Lease, ReadingTask
from workstation.domain.report import (
    CheckFinding,
    CheckSeverity,
    Report,
    ReportState,
    Section,
    SectionKind,
    require_transition,
)
from workstation.domain.study import (
    ManifestInstance,
    RetrievalProgress,
    RetrievalState,
    SeriesProgress,
    Study,
)
from workstation.domain.wording import LINK, plain_text, value_text, without_open_fields
from workstation.workflow import checking
from workstation.workflow.checking import CheckContext

if TYPE_CHECKING:
    from workstation.dicom.report_objects import Reference

#: What a preliminary report may be sent without.
_PRELIMINARY_MAY_LACK = frozenset({"images arrived", "open fields"})


class Marks(Protocol):
    """What was measured and marked on the study."""

    def measurements(self) -> tuple[Measurement, ...]:
        """In the order in which they were made."""
        ...

    def key_images(self) -> tuple[KeyImage, ...]:
        """The marked frames."""
        ...


class SigningStore(Protocol):
    """Writes the signed report with its outbox entry."""

    def sign(self, report: Report, entry: OutboxEntry) -> None:
        """All or nothing."""
        ...


class StudyObjects(Protocol):
    """The study on this disk."""

    def uids(self, study_uid: str) -> Mapping[str, str]:
        """SOP Instance UID → Series Instance UID."""
        ...

    def read(self, sop_uid: str) -> bytes:
        """Part 10 bytes."""
        ...

    def manifest(self, study_uid: str) -> Sequence[ManifestInstance] | None:
        """The service's list as last seen."""
        ...


class Drafts(Protocol):
    """The drafts, which end with signing."""

    def flush(self, timeout: float = 10.0) -> None:
        """Write what is not written yet."""
        ...

    def close_report(self, identifier: str) -> None:
        """Let go of a report that was signed."""
        ...


class Signing:
    """Checks and signs. `required` tells the sections that a template wants filled."""

    number_of_checks = len(checking.CHECKS)

    def __init__(
        self,
        store: SigningStore,
        studies: StudyObjects,
        drafts: Drafts,
        *,
        lease: Callable[[str], Lease | None],
        progress: Callable[[str], RetrievalProgress | None],
        required: Callable[[str], frozenset[SectionKind]],
        clock: Clock,
    ) -> None:
        self._store = store
        self._studies = studies
        self._drafts = drafts
        self._lease = lease
        self._progress = progress
        self._required = required
        self._clock = clock
        self._listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Be told when something was signed, on the thread that signed."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # -- checks ----------------------------------------------------------------------------

    def context(
        self,
        task: ReadingTask,
        study: Study | None,
        marks: Marks,
        unread_series: tuple[str, ...],
        template: str = "",
    ) -> CheckContext:
        """What the checks look at."""
        measurements, key_images = marks.measurements(), marks.key_images()
        links = {f"m:{each.identifier}": value_text(each) for each in measurements}
        for image in key_images:
            key = image.frame
            link = f"k:{key.sop_instance_uid}:{key.frame_number}"
            links[link] = f"(image {image.frame_label})"
        return CheckContext(
            task=task,
            study=study,
            progress=self.arrival(task.study_instance_uid),
            unread_series=unread_series,
            links=links,
            required=self._required(template),
            measurements=measurements,
            key_images=key_images,
        )

    def arrival(self, study_uid: str) -> RetrievalProgress | None:
        """How much of a study is here: as being retrieved, else against the kept manifest."""
        running = self._progress(study_uid)
        if running is not None and running.expected:
            return running
        manifest = self._studies.manifest(study_uid)
        if not manifest:
            return running
        here = self._studies.uids(study_uid)
        counts: dict[str, list[int]] = {}
        for each in manifest:
            held = counts.setdefault(each.series_uid, [0, 0])
            held[0] += each.sop_uid in here
            held[1] += 1
        series = tuple(
            SeriesProgress(uid, "", "", received, expected)
            for uid, (received, expected) in counts.items()
        )
        whole = all(each.received == each.expected for each in series)
        state = RetrievalState.COMPLETE if whole else RetrievalState.INCOMPLETE
        return RetrievalProgress(study_uid, state, series, verified=whole)

    def check(self, report: Report, context: CheckContext) -> tuple[CheckFinding, ...]:
        """What stands open."""
        return checking.check(report, context)

    @staticmethod
    def final_sections(report: Report, context: CheckContext) -> tuple[Section, ...]:
        """The text exactly as it is signed: links as words, open fields left out."""
        return tuple(
            Section(each.kind, without_open_fields(plain_text(each.text, context.links)))
            for each in report.sections
        )

    # -- signing ---------------------------------------------------------------------------

    def sign(
        self, report: Report, context: CheckContext, *, preliminary: bool, reader: Reader
    ) -> OutboxEntry:
        """Sign as it stands; SigningRefused names what blocks. Not on the Qt thread."""
        state = ReportState.PRELIMINARY if preliminary else ReportState.FINAL
        require_transition(report.state, state)
        self._refuse_open_blocks(report, context, preliminary)
        self._refuse_other_patient(report, context)
        self._drafts.flush()
        now = self._clock()
        signed = replace(report, state=state, signed_at=now, signed_by=reader)
        objects = self._objects(signed, context, reader, now, preliminary)
        task = context.task
        lease = self._lease(task.workitem_uid)
        entry = OutboxEntry(
            identifier=str(uuid.uuid4()),
            report_identifier=report.identifier,
            service_id=task.service_id,
            workitem_uid=task.workitem_uid,
            transaction_uid=lease.transaction_uid if lease else "",
            study_instance_uid=task.study_instance_uid,
            patient_display=task.patient.name.display,
            patient_id=task.patient.patient_id,
            procedure=task.procedure or task.modality,
            site=task.site,
            signed_at=now,
            signed_by=reader.name.display,
            preliminary=preliminary,
            state=DeliveryState.WAITING,
            next_step=DeliveryStep.STORE,
            objects=objects,
        )
        self._store.sign(signed, entry)
        self._drafts.close_report(report.identifier)
        for listener in tuple(self._listeners):
            listener()
        return entry

    def _refuse_open_blocks(self, report: Report, context: CheckContext, preliminary: bool) -> None:
        for finding in self.check(report, context):
            if finding.severity is not CheckSeverity.BLOCK:
                continue
            if preliminary and finding.check in _PRELIMINARY_MAY_LACK:
                continue
            raise SigningRefused(f"{finding.title}.", means=finding.explanation)

    @staticmethod
    def _refuse_other_patient(report: Report, context: CheckContext) -> None:
        task, study = context.task, context.study
        if report.study_instance_uid != task.study_instance_uid:
            raise SigningRefused(
                "The report belongs to another study.", remedy="Close the case and open it again."
            )
        if study is None:
            raise SigningRefused(
                "No image of this study is here.", remedy="Wait for the images, or hand it back."
            )
        named, shown = task.patient.patient_id, study.patient.patient_id
        if named and shown and named != shown:
            raise SigningRefused(
                "The images carry another patient's ID than the task.",
                means="The report could reach the wrong patient.",
                remedy="Hand the task back and tell the site.",
            )

    def _objects(
        self,
        report: Report,
        context: CheckContext,
        reader: Reader,
        now: datetime,
        preliminary: bool,
    ) -> tuple[OutgoingObject, ...]:
        # highdicom takes over a second to import: only who signs pays for it.
        from workstation.dicom.kos import build_key_images
        from workstation.dicom.report_objects import Reference
        from workstation.dicom.sr import ReportContent, build_report

        references = self._references(context.study)
        linked = {m[1] for s in report.sections for m in LINK.finditer(s.text)}
        keys = tuple(
            Reference(each.sop_class_uid, each.frame.sop_instance_uid, each.series_instance_uid)
            for each in context.key_images
        )
        source = self._studies.read(references[0].sop_instance_uid)
        content = ReportContent(
            sections=self.final_sections(report, context),
            measurements=tuple(m for m in context.measurements if f"m:{m.identifier}" in linked),
            key_images=keys,
            key_frames=tuple(each.frame.frame_number for each in context.key_images),
            procedure=context.task.procedure,
            accession_number=context.task.accession_number,
            reader=reader,
            signed_at=now,
            preliminary=preliminary,
            predecessor_sop_instance_uid=report.predecessor_sop_instance_uid,
        )
        made = [build_report(new_uid(), source, references, content)]
        if keys:
            made.append(build_key_images(new_uid(), source, keys, reader=reader, signed_at=now))
        return tuple(made)

    @staticmethod
    def _references(study: Study | None) -> tuple[Reference, ...]:
        from workstation.dicom.report_objects import Reference

        found: dict[str, Reference] = {}
        for shown in study.display_sets if study is not None else ():
            for frame in shown.frames:
                uid = frame.key.sop_instance_uid
                found.setdefault(
                    uid, Reference(frame.sop_class_uid, uid, shown.series_instance_uid)
                )
        if not found:
            raise SigningRefused(
                "No image of this study could be shown, so there is nothing to report on.",
                remedy="Hand the task back and say why.",
            )
        return tuple(found.values())
