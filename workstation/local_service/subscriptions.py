"""Who watches which work items (PS3.4 CC.2.3): single, global and filtered subscriptions."""

from __future__ import annotations

import json
from collections.abc import Sequence

from workstation.local_service import matching
from workstation.local_service.data_sets import DataSet
from workstation.local_service.database import Database
from workstation.local_service.matching import Query

#: Well-known UIDs of PS3.4 CC.2.3.1.
GLOBAL = "1.2.840.10008.5.1.4.34.5"
FILTERED = "1.2.840.10008.5.1.4.34.5.1"


class Subscriptions:
    """A standing subscription (global, filtered) adds a row for each work item that it takes in,
    so that one work item can be left while the others stay watched. Called within a change."""

    SCOPES = (GLOBAL, FILTERED)

    def __init__(self, database: Database) -> None:
        self._database = database

    def watching(self, workitem_uid: str) -> tuple[str, ...]:
        """The application entities that watch a work item."""
        rows = self._database.rows(
            "SELECT aet FROM subscriptions WHERE workitem_uid = ? ORDER BY aet", (workitem_uid,)
        )
        return tuple(row[0] for row in rows)

    def watchers(self) -> tuple[str, ...]:
        """All application entities with any subscription."""
        rows = self._database.rows(
            "SELECT aet FROM subscriptions UNION SELECT aet FROM standing_subscriptions ORDER BY 1"
        )
        return tuple(row[0] for row in rows)

    def add(self, aet: str, workitem_uid: str, *, deletion_lock: bool) -> None:
        """Watch one work item."""
        self._database.run(
            "INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?)",
            (aet, workitem_uid, deletion_lock),
        )

    def stand(
        self,
        aet: str,
        scope: str,
        workitems: Sequence[tuple[str, DataSet]],
        *,
        deletion_lock: bool,
        query: Query | None,
    ) -> list[tuple[str, DataSet]]:
        """Watch existing and future work items; returns the existing ones that are watched now."""
        asked = [[".".join(key.path), key.value] for key in query.keys] if query else []
        self._database.run(
            "INSERT OR REPLACE INTO standing_subscriptions VALUES (?, ?, ?, ?)",
            (aet, scope, json.dumps(asked), deletion_lock),
        )
        chosen = [each for each in workitems if query is None or query.matches(each[1])]
        for uid, _ in chosen:
            self.add(aet, uid, deletion_lock=deletion_lock)
        return chosen

    def add_created(self, workitem_uid: str, held: DataSet) -> None:
        """A new work item is taken into the standing subscriptions that want it."""
        for aet, asked, lock in self._database.rows(
            "SELECT aet, filter, deletion_lock FROM standing_subscriptions"
        ):
            if matching.parse(map(tuple, json.loads(asked))).matches(held):
                self.add(aet, workitem_uid, deletion_lock=bool(lock))

    def remove(self, aet: str, scope: str) -> int:
        """End a subscription; leaving a standing one leaves all work items."""
        if scope in self.SCOPES:
            gone = self._database.run(
                "DELETE FROM standing_subscriptions WHERE aet = ? AND scope = ?", (aet, scope)
            )
            return gone + self._database.run("DELETE FROM subscriptions WHERE aet = ?", (aet,))
        return self._database.run(
            "DELETE FROM subscriptions WHERE aet = ? AND workitem_uid = ?", (aet, scope)
        )

    def suspend(self, aet: str, scope: str) -> int:
        """End only what concerns future work items."""
        return self._database.run(
            "DELETE FROM standing_subscriptions WHERE aet = ? AND scope = ?", (aet, scope)
        )
