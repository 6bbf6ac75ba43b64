"""A prior report is scored at the real window; the score stays here."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.journey.conftest import Sit
from workstation.domain.peer_review import PeerScore
from workstation.domain.report import SectionKind
from workstation.phantoms import write_all
from workstation.storage.database import Database
from workstation.storage.journal import Audit
from workstation.storage.outbox import Outbox
from workstation.storage.peer_reviews import PeerReviewStore
from workstation.storage.vault import OpenVault

WORDS = "Rib fracture not mentioned"


def test_a_prior_report_is_scored_by_keys_and_nothing_of_it_leaves_the_workstation(
    sit_down: Sit, tmp_path: Path
) -> None:
    folder = tmp_path / "served"
    write_all(folder, only=("dx-chest", "dx-chest-prior"))
    desk = sit_down(folder)
    tour, hands = desk.tour, desk.tour.hands
    tour.open(tour.row(lambda each: each.task.modality == "DX", "the chest radiograph"))
    tour.see_images()
    panel = tour.desk.panel
    hands.wait(lambda: panel.prior_count >= 1, "the prior report is here")
    hands.press("Ctrl+R")
    hands.wait(lambda: panel.tabs.currentIndex() == panel.PRIOR, "the prior report is shown")
    hands.type("3b")
    hands.wait(
        lambda: hands.focus().accessibleName() == "Comment of the peer review",
        "the keyboard is in the comment",
    )
    hands.type(WORDS)
    hands.picture("radpeer-form")
    hands.press("Return")
    hands.wait(lambda: len(tour.bench.reviews.all()) == 1, "the score is kept")
    hands.settle()
    hands.picture("radpeer-given")
    (given,) = tour.bench.reviews.all()
    assert (given.score, given.comment) == (PeerScore.MOSTLY_MATTERS, WORDS)
    assert given.read_study_uid != given.study_instance_uid
    tour.write(SectionKind.FINDINGS, "Clear lungs.")
    tour.write(SectionKind.IMPRESSION, "Normal chest.")
    tour.saved()
    tour.sign()
    hands.press("F12")
    hands.wait(lambda: tour.desk.shift_page.shown is not None, "the shift is counted")
    hands.settle()
    hands.picture("radpeer-shift")
    shown = tour.desk.shift_page.shown
    assert shown is not None
    assert shown.total.peer_reviews == 1
    with closing(Database(desk.demo.home.database)) as database:
        assert PeerReviewStore(database, OpenVault()).all() == (given,)
        assert ("peer review given", given.document_uid) in [
            (event, uid) for _, event, uid in Audit(database).entries()
        ]
        outbox = Outbox(database, OpenVault())
        entry = outbox.entry(outbox.entries()[0].identifier)
    written = [each.content for each in (*entry.objects, *entry.documents)]
    assert len(written) >= 4
    assert all(written)
    for content in written:
        assert b"RADPEER" not in content
        assert WORDS.encode() not in content
