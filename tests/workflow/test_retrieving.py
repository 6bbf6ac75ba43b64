"""Retrieval: what is here is never asked for again, and the reader's order is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.waiting import until
from workstation.domain.errors import (
    Cancelled,
    DiskFull,
    LoginRefused,
    NotFoundOnService,
    ServiceAnswerInvalid,
    ServiceUnreachable,
)
from workstation.domain.study import ManifestInstance, RetrievalState
from workstation.workflow.fetch_plan import FetchPlan, back_off, fetch_order
from workstation.workflow.jobs import CancelToken
from workstation.workflow.retrieving import Retrieving

STUDY, OTHER = "1.2", "1.3"


def manifest(study: str = STUDY, series: int = 2, instances: int = 3) -> list[ManifestInstance]:
    return [
        ManifestInstance(f"{study}.{s}", f"{study}.{s}.{n}", "1.9", n, s, f"series {s}", "CT")
        for s in range(1, series + 1)
        for n in range(1, instances + 1)
    ]


class MemoryStore:
    def __init__(self) -> None:
        self.files: dict[str, dict[str, tuple[str, bytes]]] = {}
        self.manifests: dict[str, Sequence[ManifestInstance]] = {}
        self.full = False
        self.lock = threading.Lock()

    def put(
        self, study_uid: str, series_uid: str, sop_uid: str, sop_class_uid: str, data: bytes
    ) -> bool:
        with self.lock:
            if self.full:
                raise DiskFull("The disk is full.", remedy="Free some space.")
            held = self.files.setdefault(study_uid, {})
            fresh = sop_uid not in held
            held[sop_uid] = (series_uid, data)
            return fresh

    def uids(self, study_uid: str) -> dict[str, str]:
        with self.lock:
            return {uid: series for uid, (series, _) in self.files.get(study_uid, {}).items()}

    def manifest(self, study_uid: str) -> Sequence[ManifestInstance] | None:
        return self.manifests.get(study_uid)

    def set_manifest(self, study_uid: str, instances: Sequence[ManifestInstance]) -> None:
        self.manifests[study_uid] = tuple(instances)


class Site:
    """`trouble` is asked before each answer and may raise."""

    service_id = "night"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.listed: list[str] = []
        self.lists = {STUDY: manifest(), OTHER: manifest(OTHER)}
        self.trouble: Callable[[str], None] = lambda _uid: None
        self.gate: threading.Event | None = None
        self.gated = threading.Event()

    def manifest(
        self, study_uid: str, cancel: CancelToken | None = None
    ) -> Sequence[ManifestInstance]:
        self.listed.append(study_uid)
        self.trouble(study_uid)
        return self.lists[study_uid]

    def fetch(
        self, study_uid: str, series_uid: str, sop_uid: str, cancel: CancelToken | None = None
    ) -> bytes:
        self.asked.append(sop_uid)
        self.trouble(sop_uid)
        while self.gate is not None and not self.gate.wait(0.01):
            self.gated.set()
            if cancel is not None and cancel.cancelled:
                raise Cancelled("Cancelled.")
        return sop_uid.encode()


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def retrieving(site: Site, store: MemoryStore) -> Iterator[Retrieving]:
    made = Retrieving([site], store, parallel=2)
    yield made
    made.stop()


def state(retrieving: Retrieving, study: str = STUDY) -> RetrievalState:
    progress = retrieving.progress(study)
    assert progress is not None
    return progress.state


def test_a_study_arrives_whole_and_is_counted_by_series(
    site: Site, store: MemoryStore, retrieving: Retrieving
) -> None:
    told: list[str] = []
    retrieving.listen(told.append)
    retrieving.start("night", STUDY)
    until(lambda: state(retrieving) is RetrievalState.COMPLETE)
    progress = retrieving.progress(STUDY)
    assert progress is not None
    assert progress.verified
    assert [(each.received, each.expected) for each in progress.series] == [(3, 3), (3, 3)]
    assert sorted(site.asked) == sorted(each.sop_uid for each in manifest())
    assert set(store.uids(STUDY)) == set(site.asked)
    assert set(told) == {STUDY}


def test_the_first_image_comes_alone_then_the_first_of_each_series(
    site: Site, retrieving: Retrieving
) -> None:
    site.gate = threading.Event()
    retrieving.start("night", STUDY)
    assert site.gated.wait(60)
    assert site.asked == [f"{STUDY}.1.1"]
    site.gate.set()
    until(lambda: state(retrieving) is RetrievalState.COMPLETE)
    assert site.asked[1] == f"{STUDY}.2.1" or site.asked[2] == f"{STUDY}.2.1"


def test_what_is_here_is_not_asked_for_again(
    site: Site, store: MemoryStore, retrieving: Retrieving
) -> None:
    for each in manifest()[:4]:
        store.put(STUDY, each.series_uid, each.sop_uid, "1.9", b"x")
    retrieving.start("night", STUDY)
    until(lambda: state(retrieving) is RetrievalState.COMPLETE)
    assert sorted(site.asked) == [f"{STUDY}.2.2", f"{STUDY}.2.3"]


def test_a_retrieved_study_needs_no_link(
    site: Site, store: MemoryStore, retrieving: Retrieving
) -> None:
    store.set_manifest(STUDY, manifest())
    for each in manifest():
        store.put(STUDY, each.series_uid, each.sop_uid, "1.9", b"x")

    def gone(_uid: str) -> None:
        raise ServiceUnreachable("No link.")

    site.trouble = gone
    retrieving.start("night", STUDY)
    until(lambda: site.listed)
    progress = retrieving.progress(STUDY)
    assert progress is not None
    assert (progress.state, progress.verified, progress.problem) == (
        RetrievalState.COMPLETE,
        True,
        "",
    )


def test_images_that_the_site_sent_later_are_fetched(
    site: Site, store: MemoryStore, retrieving: Retrieving
) -> None:
    retrieving.start("night", STUDY)
    until(lambda: state(retrieving) is RetrievalState.COMPLETE)
    site.lists[STUDY] = manifest(instances=4)
    retrieving.start("night", STUDY)
    until(lambda: len(store.uids(STUDY)) == 8)
    assert len(site.asked) == 8


def test_a_lost_link_is_tried_until_it_is_back_and_nothing_is_fetched_twice(
    site: Site, store: MemoryStore, retrieving: Retrieving
) -> None:
    down = threading.Event()
    answered: list[str] = []
    lost: list[str] = []

    def link(uid: str) -> None:
        if len(answered) == 3 and not lost:
            down.set()
        if down.is_set():
            lost.append(uid)
            raise ServiceUnreachable("The link broke.")
        answered.append(uid)

    site.trouble = link
    retrieving.start("night", STUDY)
    until(lambda: lost)
    down.clear()
    until(lambda: state(retrieving) is RetrievalState.COMPLETE)
    fetched = [uid for uid in answered if uid != STUDY]
    assert sorted(fetched) == sorted(store.uids(STUDY))


def test_an_image_that_stays_broken_is_listed_and_the_others_arrive(
    site: Site, store: MemoryStore, retrieving: Retrieving
) -> None:
    def broken(uid: str) -> None:
        if uid == f"{STUDY}.1.2":
            raise NotFoundOnService("The service does not have it.")

    site.trouble = broken
    retrieving.start("night", STUDY)
    until(lambda: state(retrieving) is RetrievalState.INCOMPLETE)
    progress = retrieving.progress(STUDY)
    assert progress is not None
    assert [each.sop_instance_uid for each in progress.failures] == [f"{STUDY}.1.2"]
    assert progress.received == 5
    assert not progress.verified
    site.trouble = lambda _uid: None
    retrieving.resume(STUDY)
    until(lambda: state(retrieving) is RetrievalState.COMPLETE)


def test_a_wrong_answer_is_asked_for_again(site: Site, retrieving: Retrieving) -> None:
    once: list[str] = []

    def hiccup(uid: str) -> None:
        if uid.endswith(".1.2") and not once:
            once.append(uid)
            raise ServiceAnswerInvalid("Half an image.")

    site.trouble = hiccup
    retrieving.start("night", STUDY)
    until(lambda: state(retrieving) is RetrievalState.COMPLETE)
    assert site.asked.count(f"{STUDY}.1.2") == 2


def test_a_refused_login_pauses_and_says_so(site: Site, retrieving: Retrieving) -> None:
    def refused(uid: str) -> None:
        raise LoginRefused("The login was refused.", remedy="Correct it.")

    site.trouble = refused
    retrieving.start("night", STUDY)
    until(lambda: state(retrieving) is RetrievalState.PAUSED)
    progress = retrieving.progress(STUDY)
    assert progress is not None
    assert progress.problem == "The login was refused. Correct it."
    assert len(site.listed) == 1


def test_a_full_disk_pauses_with_its_sentence_and_goes_on_after(
    store: MemoryStore, retrieving: Retrieving
) -> None:
    store.full = True
    retrieving.start("night", STUDY)
    until(lambda: state(retrieving) is RetrievalState.PAUSED)
    progress = retrieving.progress(STUDY)
    assert progress is not None
    assert "disk is full" in progress.problem
    store.full = False
    retrieving.resume(STUDY)
    until(lambda: state(retrieving) is RetrievalState.COMPLETE)


def test_a_pause_stops_at_once_and_goes_on_where_it_was(
    site: Site, store: MemoryStore, retrieving: Retrieving
) -> None:
    site.gate = threading.Event()
    retrieving.start("night", STUDY)
    assert site.gated.wait(60)
    retrieving.pause(STUDY)
    site.gate.set()
    assert state(retrieving) is RetrievalState.PAUSED
    retrieving.resume(STUDY)
    until(lambda: state(retrieving) is RetrievalState.COMPLETE)
    assert len(store.uids(STUDY)) == 6


def test_an_urgent_study_goes_first_and_the_other_waits(
    site: Site, store: MemoryStore, retrieving: Retrieving
) -> None:
    site.gate = threading.Event()
    retrieving.start("night", STUDY)
    assert site.gated.wait(60)
    retrieving.start("night", OTHER, urgent=True)
    until(lambda: f"{OTHER}.1.1" in site.asked)
    site.gate.set()
    until(lambda: state(retrieving, OTHER) is RetrievalState.COMPLETE)
    until(lambda: state(retrieving) is RetrievalState.COMPLETE)
    last_urgent = max(at for at, uid in enumerate(site.asked) if uid.startswith(OTHER))
    between = [uid for uid in site.asked[1 : last_urgent - 1] if uid.startswith(f"{STUDY}.")]
    assert between == []
    assert set(store.uids(STUDY)) == {each.sop_uid for each in manifest()}


def test_a_cancelled_study_asks_for_nothing_more(site: Site, retrieving: Retrieving) -> None:
    site.gate = threading.Event()
    retrieving.start("night", STUDY)
    assert site.gated.wait(60)
    retrieving.cancel(STUDY)
    site.gate.set()
    retrieving.start("night", OTHER)
    until(lambda: state(retrieving, OTHER) is RetrievalState.COMPLETE)
    assert state(retrieving) is RetrievalState.CANCELLED
    assert [uid for uid in site.asked if uid.startswith(f"{STUDY}.")] == [f"{STUDY}.1.1"]


# -- the plan --------------------------------------------------------------------------------------


@given(st.sets(st.sampled_from([each.sop_uid for each in manifest(series=4)])))
def test_the_order_names_every_missing_image_once_and_firsts_first(held: set[str]) -> None:
    whole = manifest(series=4)
    order = fetch_order(whole, held)
    assert {each.sop_uid for each in order} == {each.sop_uid for each in whole} - held
    assert len(order) == len({each.sop_uid for each in order})
    begun = {each.series_uid for each in whole if each.sop_uid in held}
    missing = len({each.series_uid for each in whole} - begun)
    assert len({each.series_uid for each in order[:missing]}) == missing


@given(st.integers(0, 60), st.floats(0, 1))
def test_the_back_off_grows_and_is_bounded(attempt: int, chance: float) -> None:
    assert 0.3 <= back_off(attempt, chance) <= 42
    assert back_off(3, chance) > back_off(0, chance)


def test_the_rate_is_that_of_the_last_seconds() -> None:
    plan = FetchPlan()
    plan.take_manifest(manifest(), {})
    for second in range(4):
        plan.arrived(f"{STUDY}.1.{second}", 1_000_000, float(second))
    assert plan.rate(4.0) == pytest.approx(1_000_000)
    assert plan.rate(60.0) == 0.0
