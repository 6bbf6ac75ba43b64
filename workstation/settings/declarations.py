"""The declarations. A setting that is not here does not exist."""

from __future__ import annotations

from workstation.settings.dictation import DICTATION
from workstation.settings.setting import EntryField, Setting


def _check(key: str, title: str, description: str) -> Setting:
    """The switch of one check of a report's words. What blocks a signature has none."""
    return Setting(f"checks.{key}", "Checks", title, description, True, at_once=True)


_SERVICE = (
    EntryField(
        "id",
        "Identifier",
        "Short and unchanging: tasks, drafts and the login are kept under it.",
        required=True,
    ),
    EntryField("name", "Name", "As the worklist and the status line call it."),
    EntryField(
        "url",
        "Address",
        "The DICOMweb root, beginning with https:// (or http:// inside a protected network).",
        required=True,
    ),
    EntryField("auth", "Login", "How it is logged into.", choices=("none", "basic", "bearer")),
    EntryField("user", "User name", "For the login basic."),
    EntryField(
        "dialect",
        "Dialect",
        "How the server spells the worklist (UPS-RS), where it differs from the standard.",
        choices=("standard", "dcm4chee", "dcm4chee-5.35", "raccoon", "azure"),
    ),
    EntryField(
        "certificate_authority",
        "Certificate authority",
        "PEM file of the authority that vouches for this site, instead of those of the system.",
    ),
)
_SITE = (
    EntryField("name", "Name", "As the worklist shows the site.", required=True),
    EntryField("heading", "Heading", "What stands largest at the head of its reports."),
    EntryField("address", "Address", "Below the heading."),
    EntryField("telephone", "Telephone", "Below the address."),
    EntryField(
        "escalation",
        "Whom to call",
        "For a critical result, in order, separated by semicolons.",
    ),
)


DECLARATIONS: tuple[Setting, ...] = (
    Setting(
        "reader.code",
        "Reader",
        "Reader code",
        "Identifies you to the reading services as the performer of a task.",
        "",
    ),
    Setting(
        "reader.name",
        "Reader",
        "Reader name",
        "As it stands under a report, written Family^Given.",
        "",
    ),
    Setting(
        "reader.organization", "Reader", "Organization", "Printed below your name in reports.", ""
    ),
    Setting(
        "reader.role",
        "Reader",
        "You sign as",
        "A resident signs preliminary reports only; an attending radiologist makes them final.",
        "radiologist",
        choices=("radiologist", "resident"),
    ),
    Setting(
        "reader.station",
        "Reader",
        "Station name",
        "Tells the site which workstation read the study.",
        "NOCTURNE",
    ),
    Setting(
        "reader.certificate",
        "Reader",
        "Certificate file",
        "A PKCS#12 file (.p12, .pfx): the PDF of each report is signed with it (PAdES). Its"
        " password is asked for at the first signature, and kept in the keyring of the system where"
        " you say so; empty: no certificate.",
        "",
        at_once=True,
    ),
    Setting(
        "services",
        "Services",
        "Reading services",
        "Where the tasks and images come from. Passwords and tokens are kept in the keyring of"
        " the system, never in the settings file.",
        (),
        fields=_SERVICE,
    ),
    Setting(
        "services.poll_seconds",
        "Services",
        "Poll every (seconds)",
        "How often the worklist asks again while no event channel is open.",
        30,
        minimum=5,
        maximum=600,
    ),
    Setting(
        "services.parallel_downloads",
        "Services",
        "Parallel downloads",
        "Instances fetched at the same time from one service.",
        4,
        minimum=1,
        maximum=16,
    ),
    Setting(
        "display.text_percent",
        "Display",
        "Text size (%)",
        "One factor for all text and controls; images do not change with it.",
        100,
        minimum=80,
        maximum=200,
        at_once=True,
    ),
    Setting(
        "display.high_contrast",
        "Display",
        "High contrast",
        "Brighter text and wider focus ring.",
        False,
        at_once=True,
    ),
    Setting(
        "display.superior_letter",
        "Display",
        "Head and feet are written as",
        "H and F as in DICOM, or S and I for superior and inferior.",
        "H/F",
        choices=("H/F", "S/I"),
        at_once=True,
    ),
    Setting(
        "display.pixel_pitch_mm",
        "Display",
        "Pixel of the screen (mm)",
        "For true size: the width of the picture area of the screen over its pixels. 0 takes what"
        " the screen tells.",
        0.0,
        minimum=0.0,
        maximum=1.0,
    ),
    Setting(
        "display.white_cd_m2",
        "Display",
        "Luminance of white (cd/m²)",
        "Of the display, measured in the dark. With it, grey images are shown by the standard"
        " display function (GSDF) of DICOM PS3.14; 0 leaves them to the display.",
        0.0,
        minimum=0.0,
        maximum=3900.0,
    ),
    Setting(
        "display.black_cd_m2",
        "Display",
        "Luminance of black (cd/m²)",
        "Of the display, measured in the dark.",
        0.3,
        minimum=0.0,
        maximum=100.0,
    ),
    Setting(
        "display.ambient_cd_m2",
        "Display",
        "Ambient light (cd/m²)",
        "What the display reflects when it is off, measured in the light of the room.",
        0.1,
        minimum=0.0,
        maximum=100.0,
    ),
    Setting(
        "display.gamma",
        "Display",
        "Response of the display",
        "The exponent between driving level and luminance: 2.2 for a display set to sRGB.",
        2.2,
        minimum=1.0,
        maximum=3.0,
    ),
    Setting(
        "display.frame_cache_mb",
        "Display",
        "Frame cache (MB)",
        "Memory for decoded frames.",
        512,
        minimum=64,
        maximum=16384,
    ),
    Setting(
        "viewer.suv",
        "Viewer",
        "SUV of PET",
        "bw: body weight; lbm: lean mass by James with 120; lbmjames128: the same with 128;"
        " lbmjanma: lean mass by Janmahasatian (SUL); bsa: body surface; ibw: ideal weight."
        " Counts for studies that are opened afterwards.",
        "bw",
        choices=("bw", "lbm", "lbmjames128", "lbmjanma", "bsa", "ibw"),
        at_once=True,
    ),
    Setting(
        "viewer.left_drag",
        "Viewer",
        "Left drag",
        "What dragging with the left button does when no tool is chosen.",
        "window",
        choices=("window", "scroll"),
        at_once=True,
    ),
    Setting(
        "viewer.corner_text",
        "Viewer",
        "Corner text on images",
        "Always, or gone after 5 s without mouse or key. Warnings, PRIOR and orientation letters"
        " stay, and the patient in the top bar.",
        "always",
        choices=("always", "fades"),
        at_once=True,
    ),
    Setting(
        "report.sites",
        "Report",
        "Sites",
        "What stands at the head of a site's reports, and whom to call for a critical result.",
        (),
        fields=_SITE,
    ),
    *DICTATION,
    Setting(
        "report.spelling",
        "Report",
        "Mark spelling",
        "English words that no dictionary, phrase or template knows get a wavy line. Never numbers,"
        " units, names within a sentence, or text in another language or script.",
        True,
        at_once=True,
    ),
    Setting(
        "report.autosave_seconds",
        "Report",
        "Save after (seconds)",
        "A draft is written this long after the first unsaved key.",
        1.0,
        minimum=0.2,
        maximum=2.0,
    ),
    _check(
        "impression",
        "Empty impression",
        "Warns of an impression that is empty or only points back.",
    ),
    _check(
        "fields",
        "Open fields",
        "Warns of fields and marks of other templates that are still open. Where a section must be"
        " filled they block a final report all the same.",
    ),
    _check("series", "Series never opened", "Warns of series of which no image was on the screen."),
    _check(
        "laterality",
        "Left and right",
        "Warns when findings, impression, order and images do not agree on the side.",
    ),
    _check("sex", "Organs and sex", "Warns of an organ that the patient's sex does not have."),
    _check(
        "contradiction",
        "Contradiction",
        "Warns when a finding is denied in one place and asserted in another.",
    ),
    _check(
        "comparison",
        "Comparison",
        "Warns of words of comparison without a comparison, of a date that no earlier study has,"
        " and of an earlier study that was named but not looked at.",
    ),
    _check(
        "size",
        "Sizes and units",
        "Warns of sizes that cannot be right, of a missing unit, of a typed number that differs"
        " from the measurement beside it, and of a size in the impression that the findings do not"
        " give.",
    ),
    _check(
        "patient",
        "Another patient",
        "Warns of the name or number of somebody else on the worklist, and of one that is said to"
        " be the patient's and is not.",
    ),
    _check(
        "doubtful",
        "Words in doubt",
        "Warns of dictated words that the speech engine was not sure of, until you went to them.",
    ),
    _check(
        "reviewed",
        "Dictated text",
        "Warns of dictated sentences that the cursor never went over and that you never confirmed.",
    ),
)
