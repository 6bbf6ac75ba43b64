"""Scoring what somebody else has signed (RADPEER). It stays here: no form of a report holds it."""

from __future__ import annotations

import csv
import io
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from workstation.domain.clock import Clock
from workstation.domain.errors import StateRefused
from workstation.domain.identity import Reader
from workstation.domain.peer_review import PeerReview, PeerScore


class ReviewStore(Protocol):
    """Peer reviews on this disk."""

    def all(self) -> tuple[PeerReview, ...]:
        """In the order in which they were given."""
        ...

    def add(self, review: PeerReview) -> None:
        """Write one for good."""
        ...


@dataclass(frozen=True, slots=True)
class ScoredReport:
    """What is scored: a signed document, its study, and who signed it where that is known."""

    document_uid: str
    study_instance_uid: str
    modality: str
    procedure: str
    own: bool = False


class PeerReviews:
    """Sole writer of peer reviews; one is on the disk when a method returns.

    `audit` is told of each by the UID of the report.
    """

    def __init__(
        self,
        store: ReviewStore,
        reader: Reader,
        clock: Clock,
        audit: Callable[[str, str], None] = lambda _event, _subject: None,
    ) -> None:
        self._store, self._reader, self._clock, self._audit = store, reader, clock, audit
        self._lock = threading.Lock()

    def all(self) -> tuple[PeerReview, ...]:
        """Those that count: the newest of each report by each reader. Reads the disk."""
        return standing(self._store.all())

    def of(self, document_uids: Iterable[str]) -> dict[str, PeerReview]:
        """SOP Instance UID → the reader's own review of that report."""
        wanted = set(document_uids)
        return {
            each.document_uid: each
            for each in self.all()
            if each.document_uid in wanted and each.given_by == self._reader.code
        }

    def give(
        self, report: ScoredReport, read_study_uid: str, score: PeerScore, comment: str
    ) -> PeerReview:
        """Score a report, or score it anew; the first score stays beside the second.

        StateRefused for a report of one's own, and for a discrepancy without a word of what was
        seen. Not on the Qt thread.
        """
        if report.own:
            raise StateRefused(
                "This report is your own.", remedy="Peer review is of reports of others."
            )
        if score.discrepancy and not comment.strip():
            raise StateRefused(
                f"A score of {score.value} says what was seen.",
                remedy="Write a few words, without a name.",
            )
        with self._lock:
            before = self.of([report.document_uid]).get(report.document_uid)
            made = PeerReview(
                str(uuid.uuid4()),
                report.document_uid,
                report.study_instance_uid,
                read_study_uid,
                report.modality,
                report.procedure,
                score,
                comment.strip(),
                self._clock().replace(microsecond=0),
                self._reader.code,
                before.identifier if before is not None else "",
            )
            self._store.add(made)
        event = "peer review given" if before is None else "peer review given anew"
        self._audit(event, report.document_uid)
        return made


def standing(reviews: Iterable[PeerReview]) -> tuple[PeerReview, ...]:
    """Reviews without those that another one took the place of."""
    held = tuple(reviews)
    replaced = {each.replaces for each in held}
    return tuple(each for each in held if each.identifier not in replaced)


#: Columns of the anonymous CSV: nothing names a patient, a study, a reader or a day.
CSV_COLUMNS = ("modality", "score", "meaning", "reviews")


def counted(reviews: Iterable[PeerReview]) -> list[dict[str, object]]:
    """How often each score was given, by modality, under the names of `CSV_COLUMNS`."""
    counts = Counter((each.modality or "unknown", each.score) for each in reviews)
    return [
        {"modality": modality, "score": score.value, "meaning": score.meaning, "reviews": count}
        for (modality, score), count in sorted(counts.items(), key=lambda each: each[0])
    ]


def as_csv(reviews: Iterable[PeerReview]) -> str:
    """The counts as CSV (RFC 4180)."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, CSV_COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(counted(reviews))
    return stream.getvalue()
