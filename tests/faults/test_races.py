"""Two workstations want one task: every time exactly one gets it, and the other hears who."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.scripted import workitem
from workstation.domain.clock import utc_now
from workstation.domain.errors import TaskTaken
from workstation.domain.identity import PersonName, Reader
from workstation.domain.reading_task import Lease, ProcedureStepState, ReadingTask
from workstation.local_service.running import RunningService
from workstation.services.endpoint import BasicLogin, Endpoint
from workstation.services.service import ReadingService
from workstation.storage.database import Database
from workstation.storage.journal import Leases
from workstation.workflow.claiming import Claiming

RACES = 200
READERS = (Reader("VIDAL", PersonName("Vidal^Anna")), Reader("OSEI", PersonName("Osei^Ben")))


@dataclass
class Workstation:
    """One reader with a database, a connection and leases of their own."""

    reader: Reader
    database: Database
    service: ReadingService
    claiming: Claiming

    def close(self) -> None:
        self.service.close()
        self.database.close()


@pytest.fixture
def site(fast_folder: Path) -> Iterator[RunningService]:
    with RunningService(fast_folder / "site", user="reader", password="pw") as running:
        yield running


@pytest.fixture
def desks(site: RunningService, fast_folder: Path) -> Iterator[tuple[Workstation, Workstation]]:
    made = []
    for reader in READERS:
        database = Database(fast_folder / f"{reader.code}.sqlite")
        service = ReadingService(
            Endpoint("night", "Night site", site.url, BasicLogin("reader", "pw"))
        )
        leases = Leases(database)
        made.append(
            Workstation(reader, database, service, Claiming([service], leases, reader, utc_now))
        )
    yield made[0], made[1]
    for each in made:
        each.close()


def test_of_two_workstations_exactly_one_owns_the_task_and_the_other_hears_who(
    site: RunningService, desks: tuple[Workstation, Workstation]
) -> None:
    wins = dict.fromkeys((reader.code for reader in READERS), 0)
    start = threading.Barrier(2)

    def race(desk: Workstation, task: ReadingTask) -> Lease | TaskTaken:
        start.wait(30)
        try:
            return desk.claiming.claim(task)
        except TaskTaken as taken:
            return taken

    with ThreadPoolExecutor(2) as pool:
        for number in range(RACES):
            uid = f"1.7.{number}"
            site.store.workitems.create(workitem(uid), uid)
            task = desks[0].service.get(uid)
            outcomes = list(pool.map(race, desks, (task, task)))
            winners = [at for at, each in enumerate(outcomes) if isinstance(each, Lease)]
            assert len(winners) == 1, f"race {number}: {outcomes}"
            winner, loser = desks[winners[0]], desks[1 - winners[0]]
            refused = outcomes[1 - winners[0]]
            assert isinstance(refused, TaskTaken)
            assert refused.owner == winner.reader.name.display, f"race {number}"
            assert winner.reader.name.display in refused.happened
            assert refused.remedy
            now = winner.service.get(uid)
            assert now.state is ProcedureStepState.IN_PROGRESS
            assert now.actual_performer is not None
            assert now.actual_performer.code == winner.reader.code
            assert winner.claiming.lease(uid) == outcomes[winners[0]]
            assert loser.claiming.lease(uid) is None
            wins[winner.reader.code] += 1
    assert sum(wins.values()) == RACES
    assert len(desks[0].claiming.leases()) == wins["VIDAL"]
    assert len(desks[1].claiming.leases()) == wins["OSEI"]
