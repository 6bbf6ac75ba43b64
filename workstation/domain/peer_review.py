"""A reader's score of a report that somebody else signed: RADPEER.

Scores after Jackson et al., RADPEER scoring white paper, J Am Coll Radiol 2009;6:21. Its 2016
revision (Goldberg-Stein et al., J Am Coll Radiol 2017;14:1080) has no 4: what stood there is 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workstation.domain.identity import is_uid


class PeerScore(StrEnum):
    """How far the reader agrees. The letter tells whether it is likely to matter to the patient."""

    AGREE = "1"
    DIFFICULT = "2a"
    DIFFICULT_MATTERS = "2b"
    MOSTLY = "3a"
    MOSTLY_MATTERS = "3b"
    ALMOST_ALWAYS = "4a"
    ALMOST_ALWAYS_MATTERS = "4b"

    @property
    def meaning(self) -> str:
        """What the score says, in the words of the white paper, shortened."""
        what = {
            "1": "Concur with the report",
            "2": "Difficult diagnosis, not ordinarily expected to be made",
            "3": "Should be made most of the time",
            "4": "Should be made almost every time",
        }[self.value[0]]
        matters = {"a": ", unlikely to be significant", "b": ", likely to be significant"}
        return what + matters.get(self.value[1:], "")

    @property
    def discrepancy(self) -> bool:
        """Whether the reader differs."""
        return self is not PeerScore.AGREE


@dataclass(frozen=True, slots=True)
class PeerReview:
    """One score of one report.

    `document_uid` is the SOP Instance UID of the report that was scored, `study_instance_uid` its
    study, `read_study_uid` the study that was being read. `replaces` names the review that this one
    takes the place of: both are kept.
    """

    identifier: str
    document_uid: str
    study_instance_uid: str
    read_study_uid: str
    modality: str
    procedure: str
    score: PeerScore
    comment: str
    given_at: datetime
    given_by: str
    replaces: str = ""

    def __post_init__(self) -> None:
        if not all(
            is_uid(uid) for uid in (self.document_uid, self.study_instance_uid, self.read_study_uid)
        ):
            raise ValueError("a peer review names its report, its study and the one being read")
        if self.given_at.tzinfo is None:
            raise ValueError("the time of a peer review is aware of its zone")
        if not self.given_by:
            raise ValueError("a peer review names who gave it")
        if self.score.discrepancy and not self.comment.strip():
            raise ValueError("a discrepancy says what was seen")
        if self.replaces == self.identifier:
            raise ValueError("a peer review does not replace itself")
