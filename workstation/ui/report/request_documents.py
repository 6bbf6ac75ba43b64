"""The requisition and other PDFs of a study, fetched from this disk for the request tab."""

from __future__ import annotations

from collections.abc import Callable

from workstation.domain.study import DisplaySetKind, Study
from workstation.ui.job_bridge import JobBridge
from workstation.ui.report.request_tab import RequestTab
from workstation.workflow.opening import Opening


class RequestDocuments:
    """Loads on a job thread. `shown_study` tells which study is on the screen by the time that a
    document has come: one of another study is dropped."""

    def __init__(
        self,
        bridge: JobBridge,
        opening: Opening,
        tab: RequestTab,
        shown_study: Callable[[], str],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._bridge, self._opening, self._tab = bridge, opening, tab
        self._shown_study, self._failed = shown_study, failed

    def show(self, study: Study) -> None:
        """Ask for every PDF of the study."""
        for shown in study.display_sets:
            if shown.kind is not DisplaySetKind.DOCUMENT:
                continue
            for document in shown.documents:
                if document.mime_type == "application/pdf":
                    self._load(
                        study.study_instance_uid,
                        document.sop_instance_uid,
                        document.title or "Document",
                    )

    def _load(self, study_uid: str, sop_instance_uid: str, title: str) -> None:
        def came(held: tuple[str, bytes]) -> None:
            if self._shown_study() == study_uid:
                self._tab.add_document(title, held[1])

        self._bridge.submit(
            lambda _: self._opening.document(sop_instance_uid),
            on_done=came,
            on_failed=self._failed,
        )
