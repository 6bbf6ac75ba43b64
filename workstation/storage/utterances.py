"""What was said, and its sound, until the report is signed.

The database deletes both with the signature, in the same transaction (trigger `utterance_signed`).
"""

from __future__ import annotations

from workstation.domain.dictation import Utterance
from workstation.storage import records
from workstation.storage.database import Database
from workstation.storage.vault import Vault


class Utterances:
    """One row each, sealed by the vault; on the disk when `keep` returns."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def keep(self, utterance: Utterance, sound: bytes) -> None:
        """Write what was heard and its sound (16 kHz, 16 bit, one channel)."""
        name = utterance.identifier
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO utterance VALUES (?,?,?,?,?,?)",
                (
                    name,
                    utterance.study_instance_uid,
                    utterance.spoken_at.isoformat(),
                    int(utterance.written),
                    self._vault.seal(name, records.dump(utterance)),
                    self._vault.seal(f"{name}.sound", sound),
                ),
            )

    def written(self, identifier: str) -> None:
        """Its text is in the editor, and so in the draft."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE utterance SET written=1 WHERE identifier=?", (identifier,))

    def unwritten(self, study_uid: str) -> tuple[Utterance, ...]:
        """What was heard and never reached the editor, oldest first."""
        rows = self._database.read(
            "SELECT identifier, content FROM utterance WHERE study_uid=? AND written=0"
            " ORDER BY spoken_at, rowid",
            study_uid,
        )
        return tuple(
            records.load(Utterance, self._vault.open(row["identifier"], row["content"]))
            for row in rows
        )

    def sound(self, identifier: str) -> bytes | None:
        """The sound of one, or None where it is gone."""
        rows = self._database.read("SELECT sound FROM utterance WHERE identifier=?", identifier)
        if not rows:
            return None
        return self._vault.open(f"{identifier}.sound", rows[0]["sound"])
