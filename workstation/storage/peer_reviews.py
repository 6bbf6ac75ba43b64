"""Peer reviews on this disk: each is written once and stays, whatever follows it."""

from __future__ import annotations

from workstation.domain.peer_review import PeerReview
from workstation.storage import records
from workstation.storage.database import Database
from workstation.storage.vault import Vault


class PeerReviewStore:
    """All peer reviews; triggers of the database refuse to change or drop one."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def all(self) -> tuple[PeerReview, ...]:
        """In the order in which they were given, replaced ones too."""
        rows = self._database.read("SELECT identifier, content FROM peer_review ORDER BY rowid")
        return tuple(
            records.load(PeerReview, self._vault.open(row["identifier"], row["content"]))
            for row in rows
        )

    def add(self, review: PeerReview) -> None:
        """Write one; StateRefused where it is there already."""
        content = self._vault.seal(review.identifier, records.dump(review))
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO peer_review VALUES (?,?,?,?)",
                (review.identifier, review.document_uid, review.given_at.isoformat(), content),
            )
