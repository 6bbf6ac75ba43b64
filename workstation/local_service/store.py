"""All that the embedded service keeps, in one folder."""

from __future__ import annotations

from pathlib import Path

from workstation.domain.clock import Clock, utc_now
from workstation.local_service.database import Database
from workstation.local_service.objects import ObjectStore
from workstation.local_service.workitems import Workitems


class ServiceStore:
    """Objects and work items. Safe for several threads; close it when the service ends."""

    def __init__(self, folder: Path, *, clock: Clock = utc_now) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._database = Database(folder / "service.sqlite")
        self.objects = ObjectStore(folder / "objects", self._database)
        self.workitems = Workitems(self._database, clock)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()
