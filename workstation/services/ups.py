"""UPS-RS as a task performer and watcher (PS3.18 chapter 11, IHE RAD-81 to RAD-109)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from workstation.domain.delivery import CompletionRecord
from workstation.domain.errors import (
    LeaseLost,
    NotFoundOnService,
    ServiceAnswerInvalid,
    ServiceUnreachable,
    TaskTaken,
    TaskWithdrawn,
)
from workstation.domain.identity import Reader, is_uid
from workstation.domain.reading_task import InputReadiness, ProcedureStepState, ReadingTask
from workstation.services import dicom_json as dj
from workstation.services import task_mapping
from workstation.services.dialects import DIALECTS, Dialect, TransactionIn
from workstation.services.dicom_json import DataSet
from workstation.services.wire import Answer, Cancel, Wire

#: Subscribes to every work item (PS3.4 CC.2.3.1).
GLOBAL_SUBSCRIPTION = "1.2.840.10008.5.1.4.34.5"
PAGE = 500
MAX_TASKS = 5000
#: How often, and with which pause, the loser of a claim looks for the winner's name.
NAME_READS = 5
NAME_SECONDS = 0.1

#: Answers that may mean "the Transaction UID is not yours" or "not in that state": 409 in the
#: standard, 400 on Raccoon and Azure. Which of both it was is read from the work item.
_CONFLICT = frozenset({400, 409})


@dataclass(frozen=True, slots=True)
class Found:
    """One search: the tasks, and sentences on work items that could not be read."""

    tasks: tuple[ReadingTask, ...]
    problems: tuple[str, ...] = ()


class UpsClient:
    """The work items of one service."""

    def __init__(self, wire: Wire, clock: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._wire = wire
        self._clock = clock
        self._dialect: Dialect = DIALECTS.get(wire.endpoint.dialect, DIALECTS["standard"])

    # -- reading --------------------------------------------------------------------------------

    def search(self, cancel: Cancel | None = None) -> Found:
        """All tasks that wait or are being read. A service without UPS-RS says so."""
        tasks: dict[str, ReadingTask] = {}
        problems: list[str] = []
        for state in (ProcedureStepState.SCHEDULED, ProcedureStepState.IN_PROGRESS):
            for offset in range(0, MAX_TASKS, PAGE):
                page = self._search_page(state, offset, cancel)
                before = len(tasks)
                for data in page:
                    try:
                        task = task_mapping.reading_task(data, self._wire.endpoint.identifier)
                    except ServiceAnswerInvalid as error:
                        problems.append(error.happened)
                        continue
                    tasks[task.workitem_uid] = task
                # A server that ignores the offset sends the same page for ever.
                if len(page) < PAGE or len(tasks) == before:
                    break
        return Found(tuple(tasks.values()), tuple(dict.fromkeys(problems)))

    def _search_page(
        self, state: ProcedureStepState, offset: int, cancel: Cancel | None
    ) -> list[dict[str, Any]]:
        query = [
            (dj.TAGS["ProcedureStepState"][0], state.value),
            ("includefield", "all"),
            ("limit", str(PAGE)),
            ("offset", str(offset)),
        ]
        try:
            answer = self._wire.request("GET", "workitems", query=query, cancel=cancel)
        except NotFoundOnService as error:
            raise NotFoundOnService(
                f"{self._wire.endpoint.name} keeps no worklist (UPS-RS).",
                means="Its images can be read, but it hands out no tasks.",
                remedy="Check the address of the service, or ask the site for its worklist.",
            ) from error
        return answer.document()

    def data(self, workitem_uid: str, cancel: Cancel | None = None) -> DataSet:
        """The whole work item."""
        answer = self._wire.request("GET", f"workitems/{_checked(workitem_uid)}", cancel=cancel)
        document = answer.document()
        if not document:
            raise NotFoundOnService(
                f"{self._wire.endpoint.name} does not have this task any more.",
                remedy="Refresh the worklist.",
            )
        return document[0]

    def get(self, workitem_uid: str, cancel: Cancel | None = None) -> ReadingTask:
        """The task as it is now."""
        return task_mapping.reading_task(
            self.data(workitem_uid, cancel), self._wire.endpoint.identifier
        )

    # -- claiming -------------------------------------------------------------------------------

    def claim(self, task: ReadingTask, reader: Reader, transaction_uid: str) -> None:
        """Take the task: state IN PROGRESS, then one update that proves it is ours.

        The proof is needed: of six claimers at once a real server told up to three that they had
        won, and only one of them could update. A claim that was already ours, its answer lost,
        is found to be ours by the same update. Raises TaskTaken or TaskWithdrawn.
        """
        data = self.data(task.workitem_uid)
        now = task_mapping.reading_task(data, self._wire.endpoint.identifier)
        self._refuse_claim(now, reader)
        answer = self._change_state(
            task.workitem_uid,
            ProcedureStepState.IN_PROGRESS,
            transaction_uid,
            accepted=_CONFLICT | {404},
        )
        if answer.status == 404:
            raise NotFoundOnService(
                f"{self._wire.endpoint.name} does not have this task any more.",
                remedy="Refresh the worklist.",
            )
        confirmed = self._update(
            task.workitem_uid,
            transaction_uid,
            task_mapping.claim_update(reader, self._clock(), data),
        )
        if confirmed.status >= 300:
            raise self._taken(task.workitem_uid)

    def _refuse_claim(self, task: ReadingTask, reader: Reader) -> None:
        if task.state in {ProcedureStepState.COMPLETED, ProcedureStepState.CANCELED}:
            raise TaskWithdrawn(
                f"This task is already {task.state.lower()}.",
                means="It needs no reading.",
                remedy="Refresh the worklist.",
            )
        assigned = task.scheduled_performer
        if assigned is not None and assigned.code and assigned.code != reader.code:
            raise TaskTaken(
                f"This task is assigned to {assigned.name.display}.",
                means="It is not yours to read.",
                remedy="Ask the site to assign it to you.",
                owner=assigned.name.display,
            )
        if task.readiness is InputReadiness.INCOMPLETE:
            raise ServiceAnswerInvalid(
                "The site is still sending images of this study.",
                means="It cannot be claimed before it is whole.",
                remedy="It becomes free by itself once the site says that it is ready.",
            )

    def _taken(self, workitem_uid: str) -> TaskTaken | TaskWithdrawn:
        """Who has it. The winner's name comes with its second message, a moment after the first:
        the loser looks a few times rather than say that it was nobody."""
        now = self.get(workitem_uid)
        for _ in range(NAME_READS):
            if now.state is not ProcedureStepState.IN_PROGRESS or now.actual_performer:
                break
            time.sleep(NAME_SECONDS)
            now = self.get(workitem_uid)
        if now.state in {ProcedureStepState.COMPLETED, ProcedureStepState.CANCELED}:
            return TaskWithdrawn(
                f"This task is already {now.state.lower()}.", remedy="Refresh the worklist."
            )
        owner = now.actual_performer.name.display if now.actual_performer else ""
        return TaskTaken(
            f"{owner or 'Another reader'} is reading this study.",
            means="The task stays with them.",
            remedy="Choose another task, or look at it without claiming.",
            owner=owner,
        )

    # -- performing -----------------------------------------------------------------------------

    def progress(self, workitem_uid: str, transaction_uid: str, percent: int, words: str) -> None:
        """Tell the site how far the reading is; LeaseLost where it is no longer ours."""
        self._require_lease(
            workitem_uid,
            self._update(
                workitem_uid, transaction_uid, task_mapping.progress_update(percent, words)
            ),
        )

    def complete(self, workitem_uid: str, transaction_uid: str, record: CompletionRecord) -> None:
        """List every output, then COMPLETED. Done twice, it is done once."""
        data = self.data(workitem_uid)
        now = task_mapping.reading_task(data, self._wire.endpoint.identifier)
        if now.state is ProcedureStepState.COMPLETED and _lists_outputs(data, record):
            return
        update = task_mapping.completion_update(record, data, self._wire.endpoint.url)
        self._require_lease(workitem_uid, self._update(workitem_uid, transaction_uid, update))
        self._require_lease(
            workitem_uid,
            self._change_state(
                workitem_uid, ProcedureStepState.COMPLETED, transaction_uid, accepted=_CONFLICT
            ),
        )

    def hand_back(
        self, workitem_uid: str, transaction_uid: str, reason: str, reason_code: str
    ) -> None:
        """Give the task back: CANCELED with its reason. The site issues a replacement, since no
        task returns to SCHEDULED (PS3.4 C303)."""
        if self.get(workitem_uid).state is ProcedureStepState.CANCELED:
            return
        update = task_mapping.hand_back_update(reason, reason_code, self._clock())
        self._require_lease(workitem_uid, self._update(workitem_uid, transaction_uid, update))
        self._require_lease(
            workitem_uid,
            self._change_state(
                workitem_uid, ProcedureStepState.CANCELED, transaction_uid, accepted=_CONFLICT
            ),
        )

    def _require_lease(self, workitem_uid: str, answer: Answer) -> None:
        if answer.status < 300:
            return
        now = self.get(workitem_uid)
        if now.state is ProcedureStepState.IN_PROGRESS:
            happened = "Another reader holds this task now."
        else:
            happened = f"The site has set this task to {now.state.lower()}."
        raise LeaseLost(
            happened,
            means="Your draft is kept here; the report cannot complete this task.",
            remedy="Call the site before you send it by another way.",
        )

    def _update(self, workitem_uid: str, transaction_uid: str, body: dict[str, Any]) -> Answer:
        query: list[tuple[str, str]] = []
        if self._dialect.transaction_in is TransactionIn.QUERY:
            query.append((self._dialect.transaction_parameter, transaction_uid))
        else:
            body = body | dj.element("TransactionUID", [transaction_uid])
        return self._wire.request(
            "POST",
            f"workitems/{_checked(workitem_uid)}",
            query=query,
            content=self._body(body),
            content_type="application/dicom+json",
            accepted=_CONFLICT,
        )

    def _change_state(
        self,
        workitem_uid: str,
        state: ProcedureStepState,
        transaction_uid: str,
        *,
        accepted: frozenset[int],
    ) -> Answer:
        path = f"workitems/{_checked(workitem_uid)}/state"
        if self._dialect.requester_in_path:
            path += f"/{self._wire.endpoint.station}"
        body = dj.data_set(TransactionUID=transaction_uid, ProcedureStepState=state.value)
        return self._wire.request(
            "PUT",
            path,
            content=self._body(body),
            content_type="application/dicom+json",
            accepted=accepted,
        )

    def _body(self, data: dict[str, Any]) -> bytes:
        held: object = [data] if self._dialect.body_is_array else data
        return json.dumps(held, ensure_ascii=False).encode()

    # -- events ---------------------------------------------------------------------------------

    def subscribe(self, cancel: Cancel | None = None) -> str:
        """Subscribe to all work items and return the address of the event channel (RAD-86).

        Raises NotFoundOnService where the service has no events: then it is polled.
        """
        endpoint = self._wire.endpoint
        if not self._dialect.has_events:
            raise NotFoundOnService(f"{endpoint.name} sends no events.")
        answer = self._wire.request(
            "POST",
            f"workitems/{GLOBAL_SUBSCRIPTION}/subscribers/{endpoint.station}",
            query=[("deletionlock", "false")],
            cancel=cancel,
            accepted=frozenset({400, 405, 501}),
        )
        if answer.status >= 300:
            raise NotFoundOnService(f"{endpoint.name} sends no events.")
        header = self._dialect.channel_address.value
        named = answer.headers.get(header, "") if header else ""
        return _channel(endpoint.url, named or f"{endpoint.url}/ws/subscribers/{endpoint.station}")

    def unsubscribe(self) -> None:
        """End the subscription; a service that is gone has ended it already."""
        endpoint = self._wire.endpoint
        try:
            self._wire.request(
                "DELETE",
                f"workitems/{GLOBAL_SUBSCRIPTION}/subscribers/{endpoint.station}",
                accepted=frozenset({400, 404, 405, 501}),
            )
        except ServiceUnreachable:
            return


def _channel(root: str, named: str) -> str:
    """An absolute ws or wss address on the host of the service.

    Another host is refused: the login goes with the handshake.
    """
    address = urlsplit(urljoin(root + "/", named))
    home = urlsplit(root)
    if address.hostname != home.hostname:
        raise ServiceAnswerInvalid(
            "The service names an event channel on another host.",
            means="The login is not sent there; the worklist is polled instead.",
            remedy="Tell the site.",
        )
    scheme = "wss" if home.scheme == "https" else "ws"
    return address._replace(scheme=scheme).geturl()


def _lists_outputs(data: DataSet, record: CompletionRecord) -> bool:
    performed = dj.first_item(data, "UnifiedProcedureStepPerformedProcedureSequence")
    listed = {
        dj.text(reference, "ReferencedSOPInstanceUID")
        for output in dj.items(performed, "OutputInformationSequence")
        for reference in dj.items(output, "ReferencedSOPSequence")
    }
    return {each.sop_instance_uid for each in record.outputs} <= listed


def _checked(uid: str) -> str:
    if not is_uid(uid):
        raise ValueError("a work item is named by its UID")
    return uid
