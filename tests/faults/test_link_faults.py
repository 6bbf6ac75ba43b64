"""A link that breaks in mid-study: the study arrives whole and no image is fetched twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.faults.link import Fault, link_to
from tests.services.scripted import STUDY, WORKITEM, Scripted, part10, running, workitem
from tests.workflow.test_claiming import MemoryLeases
from tests.workflow.test_retrieving import MemoryStore
from tests.workflow.waiting import until
from workstation.domain.errors import ServiceUnreachable
from workstation.domain.identity import PersonName, Reader
from workstation.domain.study import RetrievalState
from workstation.services.endpoint import Endpoint
from workstation.services.service import ReadingService
from workstation.workflow.claiming import Claiming
from workstation.workflow.retrieving import Retrieving

IMAGES = 24
SIZE = 20_000


@pytest.fixture
def site() -> Iterator[Scripted]:
    script = Scripted(
        workitems={WORKITEM: workitem()},
        series={
            f"1.{s}": {
                f"1.{s}.{n}": part10(f"1.{s}.{n}", bytes([n]) * SIZE)
                for n in range(1, IMAGES // 2 + 1)
            }
            for s in (5, 6)
        },
    )
    with running(script):
        yield script


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.STALL, Fault.HALF_CLOSE, Fault.LOST_REPLY])
def test_a_study_survives_a_broken_link_and_no_image_arrives_twice(
    site: Scripted, fault: Fault
) -> None:
    store = MemoryStore()
    arrived: Counter[str] = Counter()
    put = store.put

    def counted(study: str, series: str, sop: str, kind: str, data: bytes) -> bool:
        arrived[sop] += 1
        return put(study, series, sop, kind, data)

    store.put = counted  # type: ignore[method-assign]
    with link_to(site.url) as (link, url):
        service = ReadingService(Endpoint("a", "Site A", url), connect_seconds=1, idle_seconds=0.4)
        retrieving = Retrieving([service], store, parallel=4)
        try:
            link.break_after(fault, SIZE * IMAGES // 2)
            retrieving.start("a", STUDY)
            until(lambda: link.broken)
            held = set(store.uids(STUDY))
            assert 0 < len(held) < IMAGES
            asked = len(site.fetched())
            link.mend()
            until(lambda: retrieving.progress(STUDY).state is RetrievalState.COMPLETE, 30)  # type: ignore[union-attr]
            again = [uid for uid in site.fetched()[asked:] if uid in held]
            assert again == []
            assert set(arrived.values()) == {1}
            assert len(arrived) == IMAGES
            progress = retrieving.progress(STUDY)
            assert progress is not None
            assert progress.verified
        finally:
            retrieving.stop()
            service.close()
    for series in site.series.values():
        for uid, content in series.items():
            assert store.files[STUDY][uid][1] == content


def test_a_claim_whose_answer_the_link_lost_is_ours_at_the_next_attempt(site: Scripted) -> None:
    leases = MemoryLeases()
    with link_to(site.url) as (link, url):
        service = ReadingService(Endpoint("a", "Site A", url), connect_seconds=1, idle_seconds=0.4)
        claiming = Claiming(
            [service], leases, Reader("VIDAL", PersonName("Vidal^A")), lambda: datetime.now(UTC)
        )
        try:
            task = service.get(WORKITEM)

            def lose_the_answer(method: str, *_rest: object) -> None:
                if method == "PUT":
                    link.break_after(Fault.LOST_REPLY, 0)

            site.override = lose_the_answer
            with pytest.raises(ServiceUnreachable):
                claiming.claim(task)
            lease = leases.load(WORKITEM)
            assert lease is not None
            assert site.owners[WORKITEM] == lease.transaction_uid
            site.override = None
            link.mend()
            assert claiming.claim(task) == lease
            assert site.owners[WORKITEM] == lease.transaction_uid
        finally:
            service.close()
