"""What was signed here or lies among the images, read back and held against its signature."""

from __future__ import annotations

from collections.abc import Callable

from workstation.domain.errors import StoreDamaged
from workstation.domain.report_content import ReportContent
from workstation.storage.outbox import Outbox
from workstation.storage.study_store import StudyStore


def reader_of_signed(outbox: Outbox, store: StudyStore) -> Callable[[str], ReportContent]:
    """`read(sop_instance_uid)`: the content of a signed report.

    StoreDamaged where its digest does not fit its content; what another program wrote without a
    digest is taken as it is.
    """

    def read(sop_instance_uid: str) -> ReportContent:
        # The dictionary of concepts behind it takes a fifth of a second of the start.
        from workstation.dicom.sr_reading import read_report

        held = outbox.document(sop_instance_uid)
        found = read_report(store.read(sop_instance_uid) if held is None else held)
        if found.agrees is False:
            raise StoreDamaged(
                "The signature of the report does not fit what it says.",
                means="It was changed after it was signed; nothing is built upon it.",
                remedy="Ask the site for the report as it has it, and tell who runs the service.",
            )
        return found.content

    return read
