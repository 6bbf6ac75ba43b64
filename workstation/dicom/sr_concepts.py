"""The coded concepts of our reports, for the writer and for the reader of them.

What no scheme names has a code of the private scheme 99NOCTURNE (PS3.16 Annex 8.2).
"""

from __future__ import annotations

from pydicom.sr.coding import Code

from workstation.domain.report import SectionKind

FINDING = Code("121071", "DCM", "Finding")
RESULTS_COMMUNICATED = Code("121291", "DCM", "Results communicated")
#: Concept of the text below each heading (PS3.16 CID 7002).
ELEMENTS = {
    SectionKind.CLINICAL_INFORMATION: Code("121060", "DCM", "History"),
    SectionKind.COMPARISON: Code("121068", "DCM", "Previous Findings"),
    SectionKind.TECHNIQUE: Code("121065", "DCM", "Procedure Description"),
    SectionKind.FINDINGS: FINDING,
    SectionKind.IMPRESSION: Code("121073", "DCM", "Impression"),
    SectionKind.COMMUNICATION: RESULTS_COMMUNICATED,
    SectionKind.ADDENDUM: Code("121078", "DCM", "Addendum"),
}
KEY_IMAGES = Code("121180", "DCM", "Key Images")
SOURCE_OF_MEASUREMENT = Code("121112", "DCM", "Source of Measurement")
OBSERVER_NAME = Code("121008", "DCM", "Person Observer Name")
OBSERVER_ORGANIZATION = Code("121009", "DCM", "Person Observer's Organization Name")
OBSERVER_ROLE = Code("121010", "DCM", "Person Observer's Role in the Organization")
RESIDENT = Code("405277009", "SCT", "Resident")
YES = Code("373066001", "SCT", "Yes")
NO = Code("373067005", "SCT", "No")

CATEGORY = Code("CRITCATEGORY", "99NOCTURNE", "Category of actionable finding")
FOUND_AT = Code("CRITFOUND", "99NOCTURNE", "Time found")
TOLD_BY = Code("CRITTOLDBY", "99NOCTURNE", "Told by")
TOLD_TO = Code("CRITTOLDTO", "99NOCTURNE", "Told to")
MEANS = Code("CRITMEANS", "99NOCTURNE", "Means of communication")
TOLD_AT = Code("CRITTOLD", "99NOCTURNE", "Time told")
READ_BACK = Code("CRITREADBACK", "99NOCTURNE", "Read back")
DIGEST = Code("SIGDIGEST", "99NOCTURNE", "Signature digest (SHA-256)")
