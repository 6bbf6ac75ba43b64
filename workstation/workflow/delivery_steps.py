"""The steps of a delivery: store, read back, complete the task, done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workstation.domain.delivery import (
    CompletionRecord,
    DeliveryStep,
    OutboxEntry,
    OutputReference,
)
from workstation.domain.errors import DeliveryRefused, LeaseLost, NotFoundOnService
from workstation.domain.identity import Reader
from workstation.domain.reading_task import ProcedureStepState
from workstation.domain.report import Version
from workstation.workflow.delivery_ports import LeaseBook, ReportSink


class DeliverySteps:
    """Takes one step at a time; when and how often is `delivering`'s.

    `same_content` compares a signed object with what was read back, `series_of` reads the Series
    Instance UID of an object's bytes.
    """

    def __init__(
        self,
        sinks: Mapping[str, ReportSink],
        leases: LeaseBook,
        *,
        reader: Reader,
        same_content: Callable[[bytes, bytes], bool],
        series_of: Callable[[bytes], str],
    ) -> None:
        self._sinks = sinks
        self._leases = leases
        self._reader = reader
        self._same_content = same_content
        self._series_of = series_of

    def take(self, entry: OutboxEntry) -> str:
        """Take the next step of a delivery and say in words what was done.

        Raises DeliveryRefused where the reader must act, and what the service or the link says.
        """
        sink = self._sinks.get(entry.service_id)
        if sink is None:
            raise DeliveryRefused(
                "The reading service of this report is not configured any more.",
                means="The signed report stays here.",
                remedy="Add the service again in the settings, then send it.",
            )
        if entry.next_step is DeliveryStep.STORE:
            sink.store(entry.study_instance_uid, entry.objects)
            return ", ".join(each.title for each in entry.objects)
        if entry.next_step is DeliveryStep.READ_BACK:
            return self._read_back(sink, entry)
        if entry.next_step is DeliveryStep.COMPLETE_TASK:
            return self._complete(sink, entry)
        if not entry.preliminary and entry.version is Version.ORIGINAL:
            # Before the last receipt: after it nobody would come back to forget the lease. A
            # preliminary report leaves the task ours, for the final one.
            self._leases.forget(entry.workitem_uid)
        return "Delivered"

    def _read_back(self, sink: ReportSink, entry: OutboxEntry) -> str:
        for each in entry.objects:
            received = sink.read_back(entry.study_instance_uid, each)
            if not self._same_content(each.content, received):
                raise DeliveryRefused(
                    f"{each.title}: the service holds something else under its UID.",
                    means="The site may not see what you signed.",
                    remedy="Phone the result, and report this to the service.",
                )
        count = len(entry.objects)
        return f"{count} of {count} objects, identical"

    def _complete(self, sink: ReportSink, entry: OutboxEntry) -> str:
        if entry.preliminary:
            return "the task stays open: the final report follows"
        if entry.version is not Version.ORIGINAL:
            return "the task was completed with the first report"
        lease = self._leases.lease(entry.workitem_uid)
        record = CompletionRecord(
            reader=self._reader,
            started_at=lease.claimed_at if lease else entry.signed_at,
            ended_at=entry.signed_at,
            outputs=tuple(
                OutputReference(
                    entry.study_instance_uid,
                    self._series_of(each.content),
                    each.sop_class_uid,
                    each.sop_instance_uid,
                )
                for each in entry.objects
            ),
        )
        try:
            sink.complete(entry.workitem_uid, entry.transaction_uid, record)
        except NotFoundOnService as error:
            raise DeliveryRefused(
                "The report is stored, but the site has no such task any more: " + error.happened,
                means="The site has the report; nothing there says that the reading is done.",
                remedy="Tell the site that the report is in the study, or phone the result.",
            ) from error
        except LeaseLost as error:
            if self._done_by_us(sink, entry):
                return "task was completed before"
            raise DeliveryRefused(
                "The task is not ours any more: " + error.happened,
                means="The report is stored at the site but attached to no task. The ward may not"
                " see it.",
                remedy="Ask the site for a new task, or phone the result and note the call.",
            ) from error
        return "task completed"

    def _done_by_us(self, sink: ReportSink, entry: OutboxEntry) -> bool:
        """Whether an earlier try completed the task and its answer was lost."""
        task = sink.get(entry.workitem_uid)
        performer = task.actual_performer
        ours = performer is not None and performer.code == self._reader.code
        return task.state is ProcedureStepState.COMPLETED and ours
