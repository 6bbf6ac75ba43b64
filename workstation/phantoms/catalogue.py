"""The table of the phantom studies: who, why, and which module draws them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workstation.phantoms import (
    broken,
    ct_chest,
    ct_head,
    mammogram,
    mr_brain,
    pet_ct,
    radiograph,
    ultrasound,
)
from workstation.phantoms.objects import Writer
from workstation.phantoms.requests import FARROW, HOLLIN, SALTMERE, Person, Request


@dataclass(frozen=True)
class Phantom:
    """One study: its request and the function that writes its images and returns the truth."""

    request: Request
    draw: Callable[[Writer], dict[str, Any]]


ABENDSTERN = Person(
    "Abendstern^Lorenz", "Abendstern, Lorenz", "FP-204417", "M", 58, (4, 17), FARROW, 84, 1.79
)
ETOILIERE = Person(
    "Étoilière^Maëlle", "Étoilière, Maëlle", "SM-88120", "F", 66, (9, 2), SALTMERE, 61, 1.63
)

LUNINA = Person("Лунина^Вера", "Lunina, Vera", "HF-30277", "F", 74, (12, 5), HOLLIN, 68, 1.60)
SORVAND = Person(
    "Sorvand^Ilyas^Emre", "Sorvand, Ilyas Emre", "HF-31560", "M", 41, (2, 28), HOLLIN, 92, 1.84
)
TSUKINO = Person(
    "Hoshizora^Tsukiko=星空^月子=ほしぞら^つきこ",
    "Hoshizora, Tsukiko",
    "SM-90331",
    "F",
    52,
    (7, 7),
    SALTMERE,
    55,
    1.58,
)
NACHTRAND = Person(
    "Nachtrand^Wilhelmine",
    "Nachtrand, Wilhelmine",
    "FP-198802",
    "F",
    61,
    (11, 19),
    FARROW,
    72,
    1.68,
)
QUELLMOOR = Person(
    "Quellmoor^Jascha", "Quellmoor, Jascha", "HF-31571", "M", 31, (8, 7), HOLLIN, 78, 1.81
)

_ALL = (
    Phantom(
        Request(
            name="ct-head",
            person=ABENDSTERN,
            procedure="CT head without contrast",
            modality="CT",
            body_part="HEAD",
            minutes_ago=34,
            accession="FP2611-0417",
            reason="Sudden right weakness, GCS 13",
            notes="Found on the floor of his kitchen 50 minutes ago. Right arm and leg do not move,"
            " speech slurred, blood pressure 212/118. Takes apixaban for atrial fibrillation."
            " Question: haemorrhage? Candidate for reversal?",
            referrer="Marrowby^Iris^^Dr",
            priority="STAT",
            deadline_minutes=12,
        ),
        ct_head.write,
    ),
    Phantom(
        Request(
            name="ct-chest",
            person=ETOILIERE,
            procedure="CT chest without contrast",
            modality="CT",
            body_part="CHEST",
            minutes_ago=96,
            accession="SM2611-1182",
            reason="Nodule in the right upper lobe, follow-up",
            notes="Ex-smoker, 40 pack-years. Nodule of 9 mm in the right upper lobe in the CT eight"
            " months ago, read as indeterminate. Now cough and 5 kg of weight loss."
            " Question: growth? New nodules or lymph nodes?",
            referrer="Tannenquist^Jorun^^Dr",
            priority="URGENT",
            deadline_minutes=38,
        ),
        ct_chest.write,
    ),
    Phantom(
        Request(
            name="ct-chest-prior",
            person=ETOILIERE,
            procedure="CT chest without contrast",
            modality="CT",
            body_part="CHEST",
            minutes_ago=245 * 24 * 60 + 700,
            accession="SM2603-0391",
            reason="Haemoptysis once",
            notes="One episode of haemoptysis. Ex-smoker. Question: mass?",
            referrer="Tannenquist^Jorun^^Dr",
            prior=True,
        ),
        ct_chest.write_prior,
    ),
    Phantom(
        Request(
            name="dx-chest",
            person=ETOILIERE,
            procedure="DX chest PA and lateral",
            modality="DX",
            body_part="CHEST",
            minutes_ago=141,
            accession="SM2611-1179",
            reason="Cough, weight loss",
            notes="Cough for 8 weeks, no fever. Same-day CT requested."
            " Question: infiltrate, effusion, mass?",
            referrer="Tannenquist^Jorun^^Dr",
            deadline_minutes=170,
        ),
        radiograph.write,
    ),
    Phantom(
        Request(
            name="dx-chest-prior",
            person=ETOILIERE,
            procedure="DX chest PA and lateral",
            modality="DX",
            body_part="CHEST",
            minutes_ago=252 * 24 * 60 + 300,
            accession="SM2603-0214",
            reason="Before cataract surgery",
            notes="No complaints. Ex-smoker.",
            referrer="Weatherlow^Ansel^^Dr",
            prior=True,
        ),
        radiograph.write_prior,
    ),
    Phantom(
        Request(
            name="mr-brain",
            person=LUNINA,
            procedure="MR brain without contrast",
            modality="MR",
            body_part="HEAD",
            minutes_ago=52,
            accession="HF2611-0077",
            reason="Left facial droop since this evening",
            notes="Left facial droop and a clumsy left hand, noticed at supper, last seen well at"
            " 18:40. NIHSS 5. CT without haemorrhage at the field unit."
            " Question: acute infarct, which territory?",
            referrer="Okwelume^Tobias^^Dr",
            priority="STAT",
            deadline_minutes=26,
        ),
        mr_brain.write,
    ),
    Phantom(
        Request(
            name="us-abdomen",
            person=SORVAND,
            procedure="US upper abdomen",
            modality="US",
            body_part="ABDOMEN",
            minutes_ago=71,
            accession="HF2611-0081",
            reason="Right upper quadrant pain, fever",
            notes="Pain under the right ribs for two days, 38.4 °C, CRP 61. Bilirubin normal."
            " Question: gallstones, abscess? Cyst in the liver known since 2019.",
            referrer="Okwelume^Tobias^^Dr",
            priority="URGENT",
            deadline_minutes=64,
        ),
        ultrasound.write,
    ),
    Phantom(
        Request(
            name="mg-screening",
            person=TSUKINO,
            procedure="MG screening, both sides",
            modality="MG",
            body_part="BREAST",
            minutes_ago=690,
            accession="SM2611-1140",
            reason="Screening, round 2",
            notes="No complaints. Grandmother with breast cancer at 71."
            " Images of round 1 are elsewhere.",
            referrer="Screening Service^Saltmere",
            deadline_minutes=1450,
        ),
        mammogram.write,
    ),
    Phantom(
        Request(
            name="pet-ct",
            person=NACHTRAND,
            procedure="PET/CT trunk with FDG",
            modality="PT",
            body_part="CHEST",
            minutes_ago=520,
            accession="FP2611-0398",
            reason="Lymphoma, after cycle 2",
            notes="Diffuse large B-cell lymphoma, stage III. Interim examination after two cycles."
            " Glucose 5.6 mmol/l. Question: Deauville score?",
            referrer="Halvard-Ruiz^Noor^^Dr",
            deadline_minutes=900,
        ),
        pet_ct.write,
    ),
    Phantom(
        Request(
            name="ct-pelvis-broken",
            person=QUELLMOOR,
            procedure="CT pelvis without contrast",
            modality="CT",
            body_part="PELVIS",
            minutes_ago=19,
            accession="HF2611-0083",
            reason="Fall from 3 m, pelvic pain",
            notes="Fell from a ladder. Pain over the left hip, cannot bear weight, stable."
            " Question: fracture of pelvis or acetabulum?",
            referrer="Okwelume^Tobias^^Dr",
            priority="URGENT",
            deadline_minutes=31,
            broken="The transfer from the field unit was cut.",
        ),
        broken.write,
    ),
)

#: Name of the study to the phantom, in the order in which they are written.
STUDIES: dict[str, Phantom] = {phantom.request.name: phantom for phantom in _ALL}
