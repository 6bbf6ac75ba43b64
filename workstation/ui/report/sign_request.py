"""What the sign panel is told: whose report, what stands open, what will be sent and to whom."""

from __future__ import annotations

from collections.abc import Sequence

from workstation.domain.identity import Role
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import CheckFinding, Report, Section, Version
from workstation.domain.wording import age_text
from workstation.ui.report.sign_panel import SignRequest
from workstation.workflow.workbench import Workbench

_TITLES = {
    Version.ORIGINAL: "Sign and send",
    Version.ADDENDUM: "Sign the addendum",
    Version.CORRECTION: "Sign the corrected report",
}


def _preliminary(report: Report) -> str:
    """Whose preliminary report is signed, and how the attending classes the differences."""
    if report.author is None:
        return ""
    chosen = report.discrepancy.value if report.discrepancy is not None else "not classed yet"
    return f". Preliminary report by {report.author.display}: {chosen}"


def sign_request(
    bench: Workbench,
    task: ReadingTask,
    report: Report,
    sections: tuple[Section, ...],
    findings: Sequence[CheckFinding],
    key_images: int,
) -> SignRequest:
    """All that is shown before the signature."""
    patient = task.patient
    day = patient.birth_date
    born = f"{day.day} {day:%b} {day.year}" if day else "birth date unknown"
    details = [patient.sex.value, age_text(patient, bench.clock().date()), born]
    when = f"{task.study_datetime:%-d %b %Y  %H:%M}" if task.study_datetime else ""
    study = [task.procedure or task.modality, when]
    if task.accession_number:
        study.append(f"Accession {task.accession_number}")
    left_out = bench.signing.left_out(sections)
    pages = " and PDF, signed with your certificate" if bench.certifying.configured else " and PDF"
    parts = "Report (SR)" + ("" if left_out else pages)
    if key_images:
        parts += f", {key_images} key image" + ("s" if key_images > 1 else "")
    parts += f". {left_out}" if left_out else ""
    resident = bench.reader.role is Role.RESIDENT
    follows = report.version is Version.CORRECTION or report.author is not None
    return SignRequest(
        patient=patient.name.display,
        details="   ".join(part for part in [*details, f"ID {patient.patient_id}"] if part),
        study="   ".join(part for part in study if part),
        sections=sections,
        findings=tuple(findings),
        checks_made=bench.signing.number_of_checks,
        destinations=((task.site or "Reading service", parts, "receipt for each"),),
        signer=f"{bench.reader.name.display}, {bench.reader.role.value}{_preliminary(report)}",
        title=_TITLES[report.version],
        before=report.base if follows else (),
        final_only=report.version is not Version.ORIGINAL,
        not_final="A resident's report is preliminary: an attending signs the final one."
        if resident
        else "",
    )
