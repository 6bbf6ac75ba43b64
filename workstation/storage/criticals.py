"""Critical results on this disk: kept from the moment they are found."""

from __future__ import annotations

from workstation.domain.critical import CriticalResult
from workstation.domain.errors import StateRefused
from workstation.storage import records
from workstation.storage.database import Database
from workstation.storage.vault import Vault


class Criticals:
    """All critical results. One that was told is never changed or dropped."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def all(self) -> tuple[CriticalResult, ...]:
        """In the order in which they were found."""
        rows = self._database.read(
            "SELECT identifier, content FROM critical_result ORDER BY found_at, rowid"
        )
        return tuple(
            records.load(CriticalResult, self._vault.open(row["identifier"], row["content"]))
            for row in rows
        )

    def save(self, result: CriticalResult) -> None:
        """Write a new one, or who was told of an open one; StateRefused after that."""
        self._refuse_told(result.identifier)
        content = self._vault.seal(result.identifier, records.dump(result))
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO critical_result VALUES (?,?,?,?)",
                (
                    result.identifier,
                    result.study_instance_uid,
                    result.found_at.isoformat(),
                    content,
                ),
            )

    def drop(self, identifier: str) -> None:
        """Forget an open one; StateRefused where somebody was told."""
        self._refuse_told(identifier)
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM critical_result WHERE identifier=?", (identifier,))

    def _refuse_told(self, identifier: str) -> None:
        held = next((each for each in self.all() if each.identifier == identifier), None)
        if held is not None and not held.open:
            raise StateRefused(
                "Somebody was told of this critical result: its record stays as it is.",
                remedy="Note another one, or say it in an addendum.",
            )
