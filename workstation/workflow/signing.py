"""Signing: the report and its outbox entry in one transaction, the bytes fixed for good."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from workstation.domain.clock import Clock
from workstation.domain.critical import CriticalResult
from workstation.domain.delivery import (
    DeliveryState,
    DeliveryStep,
    OutboxEntry,
    OutgoingObject,
    ReportDocument,
)
from workstation.domain.errors import SigningRefused
from workstation.domain.identity import Reader, Role, new_uid
from workstation.domain.quantities import quantities
from workstation.domain.reading_task import Lease, ReadingTask
from workstation.domain.report import (
    CheckFinding,
    CheckSeverity,
    Report,
    ReportState,
    Section,
    SectionKind,
    Version,
    require_transition,
)
from workstation.domain.report_content import Reference, ReportContent
from workstation.domain.study import (
    RetrievalProgress,
    RetrievalState,
    SeriesProgress,
    Study,
)
from workstation.domain.wording import LINK, report_text
from workstation.workflow import amending, checking
from workstation.workflow.check_context import CheckContext, Surroundings
from workstation.workflow.earlier_forms import EarlierForms, earlier_forms
from workstation.workflow.forms import Forms
from workstation.workflow.signing_ports import Drafts, Marks, SigningStore, StudyObjects

#: So many characters that the PDF lacks are named.
_NAMED = 8
#: What a preliminary report may be sent without.
_PRELIMINARY_MAY_LACK = frozenset({"images arrived", "open fields"})


def _nothing_before(_: str) -> ReportContent:
    raise SigningRefused("The document that this report follows is not on this disk.")


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
        signed_content: Callable[[str], ReportContent] = _nothing_before,
        forms: Forms | None = None,
        critical: Callable[[str], tuple[CriticalResult, ...]] = lambda _: (),
        audit: Callable[[str, str], None] = lambda _event, _subject: None,
        around: Callable[[ReadingTask], Surroundings] = lambda _: Surroundings(),
    ) -> None:
        self._signed_content = signed_content
        self._forms = forms or Forms()
        self._critical = critical
        self._audit = audit
        self._around = around
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
        looked_at: frozenset[str] | None = None,
    ) -> CheckContext:
        """What the checks look at."""
        measurements, key_images = marks.measurements(), marks.key_images()
        links = {f"m:{each.identifier}": report_text(each) for each in measurements}
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
            looked_at=looked_at,
            around=self._around(task),
            measurements=measurements,
            key_images=key_images,
            critical=self._critical(task.study_instance_uid),
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
        """The text exactly as it is signed: links as words, open fields left out.

        An addendum holds the report that it adds to, word for word, and then its own words.
        """
        return amending.final_sections(report, context.links, context.critical)

    def prepare(self) -> None:
        """Load the type of the pages before it is asked for. Not on the Qt thread."""
        self._forms.unprintable("")

    def left_out(self, sections: Sequence[Section]) -> str:
        """What of the usual forms cannot be made of these words, as a sentence; or nothing."""
        missing = self._forms.unprintable("\n".join(each.text for each in sections))
        if not missing:
            return ""
        named = " ".join(
            each if each.isprintable() else f"U+{ord(each):04X}" for each in missing[:_NAMED]
        )
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        return f"No PDF: its type has no letters for {named}{more}."

    # -- signing ---------------------------------------------------------------------------

    def sign(
        self, report: Report, context: CheckContext, *, preliminary: bool, reader: Reader
    ) -> OutboxEntry:
        """Sign as it stands; SigningRefused names what blocks. Not on the Qt thread."""
        state = ReportState.PRELIMINARY if preliminary else ReportState.FINAL
        require_transition(report.state, state)
        if reader.role is Role.RESIDENT and not preliminary:
            raise SigningRefused(
                "A resident's report is preliminary.",
                means="An attending radiologist signs the final one.",
                remedy="Send it as preliminary.",
            )
        self._refuse_open_blocks(report, context, preliminary)
        self._refuse_other_patient(report, context)
        self._drafts.flush()
        now = self._clock().replace(microsecond=0)
        content, objects, documents = self._made(report, context, reader, now, state)
        signed = replace(
            report,
            state=state,
            sections=tuple(each.plain() for each in report.sections),
            signed_at=now,
            signed_by=reader,
            digest=content.digest,
        )
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
            version=report.version,
            digest=content.digest,
            task=task,
            claimed_at=lease.claimed_at if lease else None,
            documents=documents,
        )
        self._store.sign(signed, entry)
        self._audit(amending.AUDIT_EVENT[report.version], report.study_instance_uid)
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

    def _made(
        self,
        report: Report,
        context: CheckContext,
        reader: Reader,
        now: datetime,
        state: ReportState,
    ) -> tuple[ReportContent, tuple[OutgoingObject, ...], tuple[ReportDocument, ...]]:
        """The content, and all that is made of it."""
        from workstation.dicom.report_objects import head_of, imaged_study

        references = self._references(context.study)
        source = self._studies.read(references[0].sop_instance_uid)
        imaged, task = imaged_study(head_of(source)), context.task
        linked = {m[1] for s in report.sections for m in LINK.finditer(s.text)}
        measured = [m for m in context.measurements if f"m:{m.identifier}" in linked]
        content = ReportContent(
            document_uid=new_uid(),
            study=replace(
                imaged, accession_number=task.accession_number or imaged.accession_number
            ),
            sections=amending.signed_sections(
                report, self.final_sections(report, context), reader, now
            ),
            quantities=quantities(measured),
            key_images=tuple(
                Reference(each.sop_class_uid, each.frame.sop_instance_uid, each.series_instance_uid)
                for each in context.key_images
            ),
            key_frames=tuple(each.frame.frame_number for each in context.key_images),
            procedure=task.procedure,
            reader=reader,
            signed_at=now,
            state=state,
            version=report.version,
            reason=report.reason,
            predecessor=self._predecessor(report, reader),
            author=report.author,
            critical=context.critical,
            modality=task.modality,
            site=task.site,
        )
        if report.version is not Version.ORIGINAL:
            content = self._carried_over(content)
        before = EarlierForms()
        if content.predecessor is not None:
            document = content.predecessor.sop_instance_uid
            before = earlier_forms(self._store, document, self._signed_content)
        assert context.study is not None
        objects, documents = self._forms.objects(
            content, source, references, context.study, measured, context.key_images, before
        )
        return content, objects, documents

    @staticmethod
    def _predecessor(report: Report, reader: Reader) -> Reference | None:
        from workstation.dicom.sr import ENHANCED_SR, report_series_uid

        if not report.predecessor_sop_instance_uid:
            return None
        own = report_series_uid(report.study_instance_uid, reader)
        return Reference(
            report.predecessor_sop_class_uid or ENHANCED_SR,
            report.predecessor_sop_instance_uid,
            report.predecessor_series_instance_uid or own,
        )

    def _carried_over(self, content: ReportContent) -> ReportContent:
        """Numbers, key images and critical results of the document before, which still hold."""
        assert content.predecessor is not None
        before = self._signed_content(content.predecessor.sop_instance_uid)
        numbers = dict.fromkeys((*before.quantities, *content.quantities))
        keys = dict.fromkeys(
            (
                *zip(before.key_images, before.key_frames, strict=True),
                *zip(content.key_images, content.key_frames, strict=True),
            )
        )
        return replace(
            content,
            quantities=tuple(numbers),
            key_images=tuple(image for image, _ in keys),
            key_frames=tuple(frame for _, frame in keys),
            critical=content.critical or before.critical,
        )

    @staticmethod
    def _references(study: Study | None) -> tuple[Reference, ...]:
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
