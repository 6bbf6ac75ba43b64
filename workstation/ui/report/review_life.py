"""Ties the scores beside prior reports to what owns them, for the case that is open."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from workstation.domain.errors import ReaderError
from workstation.domain.peer_review import PeerReview, PeerScore
from workstation.ui.job_bridge import JobBridge
from workstation.ui.report.prior_reports import PriorReports
from workstation.workflow.jobs import Lane
from workstation.workflow.peer_review import PeerReviews, ScoredReport


class ReviewLife(QObject):
    """Reads and writes off the Qt thread; `study` names the study that is being read."""

    def __init__(
        self,
        shown: PriorReports,
        reviews: PeerReviews,
        bridge: JobBridge,
        study: Callable[[], str],
    ) -> None:
        super().__init__(shown)
        self._shown, self._reviews, self._bridge = shown, reviews, bridge
        self._study = study
        shown.came.connect(self._load)
        shown.scored.connect(self._give)

    def _load(self) -> None:
        wanted = self._shown.documents()
        if wanted:
            self._do(lambda: self._reviews.of(wanted), self._shown.show_reviews)

    def _give(self, report: ScoredReport, score: PeerScore, comment: str) -> None:
        study = self._study()
        wanted = self._shown.documents()

        def work() -> dict[str, PeerReview]:
            self._reviews.give(report, study, score, comment)
            return self._reviews.of(wanted)

        self._do(work, self._shown.took)

    def _do(
        self,
        work: Callable[[], dict[str, PeerReview]],
        then: Callable[[dict[str, PeerReview]], None],
    ) -> None:
        wanted = self._shown.documents()

        def show(held: dict[str, PeerReview]) -> None:
            # Another case may be open by now.
            if self._shown.documents() == wanted:
                then(held)

        def failed(error: BaseException) -> None:
            if not isinstance(error, ReaderError):
                raise error
            self._shown.say(error.sentence())

        self._bridge.submit(lambda _: work(), lane=Lane.INTERACTION, on_done=show, on_failed=failed)
