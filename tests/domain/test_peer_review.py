"""RADPEER scores and what makes a review whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from workstation.domain.peer_review import PeerReview, PeerScore

REVIEW = PeerReview(
    "p1", "1.2.3", "1.2", "1.9", "CT", "CT chest", PeerScore.MOSTLY_MATTERS, "Nodule.",
    datetime(2026, 11, 24, 3, 0, tzinfo=UTC), "R1",
)  # fmt: skip


def test_the_scores_are_those_of_the_white_paper() -> None:
    assert [each.value for each in PeerScore] == ["1", "2a", "2b", "3a", "3b", "4a", "4b"]
    assert not PeerScore.AGREE.discrepancy
    assert PeerScore.ALMOST_ALWAYS_MATTERS.meaning == (
        "Should be made almost every time, likely to be significant"
    )
    assert len({each.meaning for each in PeerScore}) == 7


@pytest.mark.parametrize(
    "wrong",
    [
        {"document_uid": "not a uid"},
        {"read_study_uid": ""},
        {"given_at": datetime(2026, 11, 24)},
        {"given_by": ""},
        {"comment": "  "},
        {"replaces": "p1"},
    ],
)
def test_a_review_that_lacks_something_cannot_be_built(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"peer review|discrepancy"):
        replace(REVIEW, **wrong)  # type: ignore[arg-type]


def test_agreement_needs_no_words() -> None:
    assert replace(REVIEW, score=PeerScore.AGREE, comment="").comment == ""
