"""A score is given once, stays, and is counted without a name."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.workflow.test_shift import NOW, entry
from workstation.cli import main
from workstation.domain.errors import StateRefused
from workstation.domain.identity import PersonName, Reader
from workstation.domain.peer_review import PeerScore
from workstation.settings import Home
from workstation.storage.database import Database
from workstation.storage.journal import Audit
from workstation.storage.peer_reviews import PeerReviewStore
from workstation.storage.vault import OpenVault
from workstation.workflow.peer_review import PeerReviews, ScoredReport, as_csv
from workstation.workflow.shift import as_csv as shift_csv
from workstation.workflow.shift import shift

READER = Reader("RSECRET", PersonName("Secretreader^Ana"))
PRIOR = ScoredReport("1.2.3.4", "1.2.3", "CT", "CT chest")
MOMENT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


class Place:
    def __init__(self, home: Path) -> None:
        self.database = Database(Home.at(home).database)
        self.store = PeerReviewStore(self.database, OpenVault())
        self.audit = Audit(self.database)
        self.reviews = PeerReviews(self.store, READER, lambda: MOMENT, self.audit.note)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    with closing(made.database):
        yield made


def test_a_second_score_takes_the_place_of_the_first_and_both_are_kept(place: Place) -> None:
    first = place.reviews.give(PRIOR, "1.9", PeerScore.AGREE, "")
    second = place.reviews.give(PRIOR, "1.9", PeerScore.MOSTLY, " Rib fracture. ")
    assert place.reviews.of(["1.2.3.4"]) == {"1.2.3.4": second}
    assert place.reviews.all() == (second,)
    assert second.replaces == first.identifier
    assert second.comment == "Rib fracture."
    assert place.store.all() == (first, second)
    assert [(event, uid) for _, event, uid in place.audit.entries()] == [
        ("peer review given", "1.2.3.4"),
        ("peer review given anew", "1.2.3.4"),
    ]


def test_neither_an_own_report_nor_a_discrepancy_without_words_is_scored(place: Place) -> None:
    own = ScoredReport("1.2.3.4", "1.2.3", "CT", "CT chest", own=True)
    with pytest.raises(StateRefused, match="your own"):
        place.reviews.give(own, "1.9", PeerScore.AGREE, "")
    with pytest.raises(StateRefused, match="says what was seen"):
        place.reviews.give(PRIOR, "1.9", PeerScore.DIFFICULT, " ")
    assert place.store.all() == ()
    assert place.audit.entries() == ()


def test_the_export_names_nobody_and_no_day(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place.reviews.give(PRIOR, "1.9", PeerScore.MOSTLY, "Secretpatient, seen by Secretreader.")
    other = ScoredReport("1.2.3.5", "1.2.3", "MR", "MR brain of Secretpatient")
    place.reviews.give(other, "1.9", PeerScore.AGREE, "")
    place.database.close()
    target = tmp_path / "scores.csv"
    assert main(["--home", str(tmp_path), "peer-review", "--csv", str(target)]) == 0
    assert "2 reports scored" in capsys.readouterr().out
    written = target.read_text(encoding="utf-8")
    assert list(csv.reader(io.StringIO(written))) == [
        ["modality", "score", "meaning", "reviews"],
        ["CT", "3a", "Should be made most of the time, unlikely to be significant", "1"],
        ["MR", "1", "Concur with the report", "1"],
    ]
    for name in ("Secret", "SECRET", "2026", "1.2.3", "1.9"):
        assert name not in written


def test_the_shift_lists_the_scores_beside_the_read_they_were_given_in(place: Place) -> None:
    place.reviews.give(PRIOR, "1.2.1", PeerScore.MOSTLY, "Rib fracture.")
    place.reviews.give(ScoredReport("1.2.3.5", "1.2.3", "CT", "CT"), "1.2.1", PeerScore.AGREE, "")
    held = shift([entry(1), entry(2)], (), NOW - timedelta(hours=12), NOW, place.reviews.all())
    assert [each.peer_scores for each in held.reads] == [("3a", "1"), ()]
    assert held.total.peer_reviews == 2
    rows = list(csv.DictReader(io.StringIO(shift_csv(held))))
    assert [each["peer_scores"] for each in rows] == ["3a 1", ""]
    assert "Rib fracture" not in shift_csv(held)


def test_counts_of_nothing_are_a_table_without_rows() -> None:
    assert as_csv(()) == "modality,score,meaning,reviews\r\n"
