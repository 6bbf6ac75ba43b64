"""One reading service as the journey uses it: tasks, images and reports behind one login."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from workstation.domain.delivery import CompletionRecord, OutgoingObject
from workstation.domain.errors import (
    Cancelled,
    CertificateRefused,
    LoginRefused,
    NotFoundOnService,
    ReaderError,
)
from workstation.domain.identity import Reader
from workstation.domain.reading_task import PriorStudy, ReadingTask, TaskEvent, TaskEventKind
from workstation.domain.study import ManifestInstance
from workstation.services import events
from workstation.services.dicomweb import DicomWebClient, PatientStudies
from workstation.services.endpoint import Endpoint
from workstation.services.ups import Found, UpsClient
from workstation.services.wire import Cancel, Wire

#: Waits between attempts to open the event channel, seconds; the last one repeats.
RECONNECT_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)


class ReadingService:
    """Implements the ports TaskSource, ImageSource and ReportSink of the journey.

    Thread-safe: every method may be called on any thread but that of the windows. `close` ends
    its thread and aborts what runs.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        parallel: int = 6,
        connect_seconds: float = 10.0,
        idle_seconds: float = 20.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.endpoint = endpoint
        self.wire = Wire(
            endpoint,
            parallel=parallel,
            connect_seconds=connect_seconds,
            idle_seconds=idle_seconds,
        )
        self.ups = UpsClient(self.wire, clock)
        self.dicomweb = DicomWebClient(self.wire)

    @property
    def service_id(self) -> str:
        """The identifier of the settings."""
        return self.endpoint.identifier

    @property
    def name(self) -> str:
        """The name for people."""
        return self.endpoint.name

    def close(self) -> None:
        """End the connection; every waiting caller gets `Cancelled`."""
        self.wire.close()

    # -- TaskSource -----------------------------------------------------------------------------

    def search(self, cancel: Cancel | None = None) -> list[ReadingTask]:
        """Tasks that wait or are being read."""
        return list(self.ups.search(cancel).tasks)

    def search_with_problems(self, cancel: Cancel | None = None) -> Found:
        """The same, with sentences on the work items that could not be read."""
        return self.ups.search(cancel)

    def count_tasks(self, cancel: Cancel | None = None) -> int:
        """How many tasks wait or are being read, for a test of the connection."""
        return len(self.ups.search(cancel).tasks)

    def has_studies(self, cancel: Cancel | None = None) -> bool:
        """Whether a search for studies (QIDO-RS, PS3.18 10.6) is answered with one."""
        return self.dicomweb.has_studies(cancel)

    def get(self, workitem_uid: str) -> ReadingTask:
        """The task as it is now."""
        return self.ups.get(workitem_uid)

    def claim(self, task: ReadingTask, reader: Reader, transaction_uid: str) -> None:
        """Take the task and prove it; TaskTaken or TaskWithdrawn where it is not ours."""
        self.ups.claim(task, reader, transaction_uid)

    def progress(self, workitem_uid: str, transaction_uid: str, percent: int, text: str) -> None:
        """Tell the site how far the reading is."""
        self.ups.progress(workitem_uid, transaction_uid, percent, text)

    def complete(self, workitem_uid: str, transaction_uid: str, record: CompletionRecord) -> None:
        """List the outputs and set the task to COMPLETED."""
        self.ups.complete(workitem_uid, transaction_uid, record)

    def hand_back(
        self, workitem_uid: str, transaction_uid: str, reason_text: str, reason_code: str
    ) -> None:
        """Set the task to CANCELED with its reason."""
        self.ups.hand_back(workitem_uid, transaction_uid, reason_text, reason_code)

    def studies_of(self, task: ReadingTask, cancel: Cancel | None = None) -> PatientStudies:
        """The number of instances of the study, and the priors, in one exchange."""
        return self.dicomweb.studies_of(task.patient, task.study_instance_uid, cancel)

    def priors(self, task: ReadingTask) -> tuple[PriorStudy, ...]:
        """Earlier studies under the same patient ID and issuer, newest first."""
        return self.studies_of(task).priors or ()

    def watch(self, on_event: Callable[[TaskEvent], None], cancel: Cancel) -> None:
        """Hand on events until cancelled, opening the channel again when it breaks.

        Returns at once where the service sends no events: then it is polled. CHANNEL_OPEN after
        every (re)connection asks for a new search, since what happened meanwhile is unknown.
        """
        attempt = 0
        while not cancel.cancelled:
            opened = False

            def on_open() -> None:
                nonlocal opened
                opened = True
                on_event(TaskEvent(TaskEventKind.CHANNEL_OPEN))

            try:
                address = self.ups.subscribe(cancel)
                events.listen(
                    self.endpoint, address, self.wire.ssl_context(), on_open, on_event, cancel
                )
            except Cancelled:
                return
            except (NotFoundOnService, LoginRefused, CertificateRefused):
                # Neither comes right by asking again; the polling search reports the login.
                return
            except ReaderError as error:
                if opened:
                    attempt = 0
                    on_event(TaskEvent(TaskEventKind.CHANNEL_LOST, reason=error.happened))
            pause = RECONNECT_SECONDS[min(attempt, len(RECONNECT_SECONDS) - 1)]
            attempt += 1
            _pause(pause * random.uniform(0.7, 1.3), cancel)

    # -- ImageSource ----------------------------------------------------------------------------

    def manifest(self, study_uid: str, cancel: Cancel | None = None) -> list[ManifestInstance]:
        """Every instance of the study as the service lists it."""
        return self.dicomweb.manifest(study_uid, cancel)

    def fetch(
        self, study_uid: str, series_uid: str, sop_uid: str, cancel: Cancel | None = None
    ) -> bytes:
        """One instance as a Part 10 file."""
        return self.dicomweb.fetch(study_uid, series_uid, sop_uid, cancel)

    # -- ReportSink -----------------------------------------------------------------------------

    def store(self, study_uid: str, objects: Sequence[OutgoingObject]) -> None:
        """Send the objects; returns only when the service says of each that it is stored."""
        self.dicomweb.store(study_uid, objects)

    def read_back(self, study_uid: str, item: OutgoingObject) -> bytes:
        """What the service has stored under the object's UID."""
        series = self.dicomweb.find_series(study_uid, item.sop_instance_uid)
        return self.dicomweb.read_back(study_uid, series, item.sop_instance_uid)


def _pause(seconds: float, cancel: Cancel) -> None:
    until = time.monotonic() + seconds
    while not cancel.cancelled and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 0.1))
