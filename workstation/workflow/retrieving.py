"""Instances arrive in the study store, counted against the service's own list.

Each instance is one exchange, so a lost link costs at most the instances on their way. What is on
the disk is never asked for again. The most urgent study has the whole link: the others wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from workstation.domain.errors import (
    Cancelled,
    CertificateRefused,
    DiskFull,
    LoginRefused,
    NotFoundOnService,
    ReaderError,
    ServiceUnreachable,
    StoreDamaged,
)
from workstation.domain.study import ManifestInstance, RetrievalProgress, RetrievalState
from workstation.workflow.fetch_plan import back_off
from workstation.workflow.jobs import CancelToken
from workstation.workflow.retrieval import Retrieval
from workstation.workflow.retrieval_ports import ImageSource, StudyStore

#: Attempts on an instance that the service answers wrongly; a lost link is tried without end.
ATTEMPTS = 4
ATTEMPTS_NOT_FOUND = 2
#: Consecutive failures of the link after which the study says that it waits for it.
LINK_FAILURES_SHOWN = 2
#: What the reader must put right first: another image would fail in the same way.
_OF_THE_WHOLE_STUDY = (LoginRefused, CertificateRefused, DiskFull, StoreDamaged)


class Retrieving:
    """Sole writer of the study store. `parallel` threads share one link per service.

    `unhandled` receives defects (without it they end the thread and reach its excepthook).
    `start`, `pause`, `resume`, `cancel` and `progress` never block on the network.
    """

    def __init__(
        self,
        sources: Iterable[ImageSource],
        store: StudyStore,
        *,
        parallel: int = 4,
        unhandled: Callable[[BaseException], None] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sources = {source.service_id: source for source in sources}
        self._store = store
        self._now = monotonic
        self._unhandled = unhandled
        self._condition = threading.Condition()
        self._studies: dict[str, Retrieval] = {}
        self._listeners: list[Callable[[str], None]] = []
        self._counter = 0
        self._closing = False
        self._threads = [
            threading.Thread(target=self._work, name=f"fetch-{index}", daemon=True)
            for index in range(max(1, parallel))
        ]
        for thread in self._threads:
            thread.start()

    # -- what the reader asks for -----------------------------------------------------------------

    def start(self, service_id: str, study_uid: str, urgent: bool = False) -> None:
        """Fetch what is missing of the study. Urgent: before all others, which wait.

        A study that is whole by the list kept with it is complete at once, without the link; the
        service is asked all the same whether it has more by now.
        """
        held = dict(self._store.uids(study_uid))
        known = self._store.manifest(study_uid) or ()
        with self._condition:
            self._counter += 1
            found = self._studies.get(study_uid)
            if found is None:
                found = Retrieval(study_uid, service_id, urgent, self._counter)
                self._studies[study_uid] = found
                found.plan.take_manifest(known, held)
                if found.plan.complete:
                    found.state, found.verified = RetrievalState.COMPLETE, True
            else:
                found.service_id = service_id
                if urgent:
                    found.urgent, found.order = True, self._counter
            if found.state is not RetrievalState.COMPLETE:
                self._run_again(found)
            else:
                found.needs_manifest = True
            if urgent:
                for other in self._studies.values():
                    if other is not found and other.rank > found.rank and other.plan.in_flight:
                        other.stop_exchanges()
            self._condition.notify_all()
        self._tell(study_uid)

    def pause(self, study_uid: str) -> None:
        """Stop at once and keep what has arrived."""
        self._stop(study_uid, RetrievalState.PAUSED)

    def cancel(self, study_uid: str) -> None:
        """Stop for good; what has arrived stays."""
        self._stop(study_uid, RetrievalState.CANCELLED)

    def resume(self, study_uid: str) -> None:
        """Go on after a pause, a cancel or failures; failures are tried again."""
        with self._condition:
            found = self._studies.get(study_uid)
            if found is None or found.state is RetrievalState.COMPLETE:
                return
            self._run_again(found)
            self._condition.notify_all()
        self._tell(study_uid)

    def _run_again(self, found: Retrieval) -> None:
        if found.state is RetrievalState.FETCHING and not found.problem:
            return
        found.state = RetrievalState.QUEUED
        found.problem = ""
        found.needs_manifest = True
        found.not_before, found.link_failures = 0.0, 0

    def _stop(self, study_uid: str, state: RetrievalState) -> None:
        with self._condition:
            found = self._studies.get(study_uid)
            if found is None or found.state is RetrievalState.COMPLETE:
                return
            found.state = state
            found.stop_exchanges()
        self._tell(study_uid)

    def progress(self, study_uid: str) -> RetrievalProgress | None:
        """How far it is; None for a study that was never started here."""
        with self._condition:
            found = self._studies.get(study_uid)
            if found is None:
                return None
            return RetrievalProgress(
                study_instance_uid=study_uid,
                state=found.state,
                series=found.plan.series(),
                bytes_per_second=found.plan.rate(self._now()),
                verified=found.verified,
                problem=found.problem,
                failures=tuple(found.plan.failures.values()),
            )

    def listen(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Be told, on a thread of this object, the study whose progress changed."""
        with self._condition:
            self._listeners.append(listener)

        def end() -> None:
            with self._condition:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return end

    def stop(self, timeout: float = 10.0) -> None:
        """Abort everything and join the threads. What has arrived stays."""
        with self._condition:
            self._closing = True
            for found in self._studies.values():
                found.token.cancel()
            self._condition.notify_all()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout)

    # -- the threads ------------------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            with self._condition:
                task = self._choose()
                while task is None and not self._closing:
                    self._condition.wait(self._idle_seconds())
                    task = self._choose()
                if self._closing or task is None:
                    return
            found, instance, token = task
            if instance is None:
                self._list(found, token)
            else:
                self._fetch(found, instance, token)

    def _choose(self) -> tuple[Retrieval, ManifestInstance | None, CancelToken] | None:
        """The most urgent thing that can be done now."""
        if self._closing:
            return None
        now = self._now()
        for found in sorted(self._studies.values(), key=lambda each: each.rank):
            recheck = found.state is RetrievalState.COMPLETE and found.needs_manifest
            if not (found.wanted or recheck) or found.not_before > now:
                continue
            if found.listing:
                if found.urgent:
                    return None  # nothing may get in its way
                continue
            if found.needs_manifest:
                found.needs_manifest, found.listing = False, True
                if found.wanted:
                    found.state = RetrievalState.FETCHING
                return found, None, found.token
            # The first image comes alone: shared with others it would arrive with the last.
            if not found.plan.held and found.plan.in_flight:
                return None
            instance = found.plan.next(now)
            if instance is not None:
                return found, instance, found.token
        return None

    def _idle_seconds(self) -> float | None:
        """Until some back-off ends; None where only a call can bring work."""
        now = self._now()
        ends = []
        for found in self._studies.values():
            if not (found.wanted or found.needs_manifest):
                continue
            earliest = found.plan.earliest()
            if found.not_before > now:
                ends.append(found.not_before)
            elif earliest is not None and earliest > now:
                ends.append(earliest)
        return max(0.01, min(ends) - now) if ends else None

    def _list(self, found: Retrieval, token: CancelToken) -> None:
        try:
            manifest = self._source(found.service_id).manifest(found.study_uid, token)
            self._store.set_manifest(found.study_uid, manifest)
            held = self._store.uids(found.study_uid)
        except ReaderError as error:
            with self._condition:
                found.listing = False
                self._listing_failed(found, error, token)
        else:
            with self._condition:
                found.listing = False
                found.link_failures, found.not_before = 0, 0.0
                found.plan.take_manifest(manifest, held)
                if found.state is RetrievalState.COMPLETE and not found.plan.complete:
                    found.state, found.verified = RetrievalState.FETCHING, False
                if found.wanted:
                    found.problem = ""
                    self._finish_if_done(found)
                self._condition.notify_all()
        self._tell(found.study_uid)

    def _listing_failed(self, found: Retrieval, error: ReaderError, token: CancelToken) -> None:
        if found.state is RetrievalState.COMPLETE:
            return  # what is here was whole; asking for more was a courtesy
        found.needs_manifest = True
        if isinstance(error, Cancelled) or token.cancelled:
            return
        if isinstance(error, NotFoundOnService):
            found.state, found.problem = RetrievalState.INCOMPLETE, error.sentence()
            return
        self._failed(found, error)

    def _fetch(self, found: Retrieval, instance: ManifestInstance, token: CancelToken) -> None:
        uid = instance.sop_uid
        try:
            data = self._source(found.service_id).fetch(
                found.study_uid, instance.series_uid, uid, token
            )
            self._store.put(found.study_uid, instance.series_uid, uid, instance.sop_class_uid, data)
        except ReaderError as error:
            with self._condition:
                self._fetching_failed(found, uid, error, token)
                self._finish_if_done(found)
                self._condition.notify_all()
        except BaseException as error:
            # A defect: the study must not look as if it were still arriving.
            with self._condition:
                found.plan.put_back(uid)
                found.state = RetrievalState.PAUSED
                found.problem = f"The retrieval stopped: {type(error).__name__}."
                self._condition.notify_all()
            self._tell(found.study_uid)
            if self._unhandled is None:
                raise
            self._unhandled(error)
            return
        else:
            with self._condition:
                found.plan.arrived(uid, len(data), self._now())
                found.link_failures = 0
                if found.wanted:
                    found.problem = ""
                self._finish_if_done(found)
                self._condition.notify_all()
        self._tell(found.study_uid)

    def _fetching_failed(
        self, found: Retrieval, uid: str, error: ReaderError, token: CancelToken
    ) -> None:
        now = self._now()
        if isinstance(error, Cancelled) or token.cancelled:
            # An attempt of before a pause says nothing about what was resumed since.
            found.plan.put_back(uid)
        elif isinstance(error, (*_OF_THE_WHOLE_STUDY, ServiceUnreachable)):
            found.plan.put_back(uid)
            self._failed(found, error)
        else:
            limit = ATTEMPTS_NOT_FOUND if isinstance(error, NotFoundOnService) else ATTEMPTS
            found.plan.failed(uid, error.happened, limit=limit, now=now)

    def _failed(self, found: Retrieval, error: ReaderError) -> None:
        """A failure of the whole study, not of one instance."""
        if not found.wanted:
            return
        if isinstance(error, _OF_THE_WHOLE_STUDY):
            found.state, found.problem = RetrievalState.PAUSED, error.sentence()
            found.stop_exchanges()
            return
        now = self._now()
        if found.not_before <= now:  # several exchanges break with one link: counted once
            found.link_failures += 1
            found.not_before = now + back_off(found.link_failures - 1)
        if found.link_failures >= LINK_FAILURES_SHOWN or not isinstance(error, ServiceUnreachable):
            found.problem = error.sentence()

    def _finish_if_done(self, found: Retrieval) -> None:
        if not found.wanted or found.listing or found.needs_manifest or not found.plan.done:
            return
        if not found.plan.complete:
            found.state = RetrievalState.INCOMPLETE
            missing = len(found.plan.failures)
            found.problem = (
                f"{missing} {'image' if missing == 1 else 'images'} could not be fetched."
                " The study is not whole. Fetch again, or tell the site."
            )
            return
        found.state, found.problem, found.verified = RetrievalState.COMPLETE, "", True

    def _source(self, service_id: str) -> ImageSource:
        source = self._sources.get(service_id)
        if source is None:
            raise NotFoundOnService(
                "The service of this study is not configured any more.",
                remedy="Add it in the settings.",
            )
        return source

    def _tell(self, study_uid: str) -> None:
        with self._condition:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(study_uid)
