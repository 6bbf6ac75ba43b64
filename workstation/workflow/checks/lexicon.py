"""Words of radiology that the checks know: findings, paired organs, organs of one sex, sizes.

Written for this project. Each entry is a canonical name and the pattern of its spellings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


#: Findings that are asserted or denied. The longest match at a place counts.
FINDINGS: dict[str, str] = {
    "pneumothorax": r"pneumothora(?:x|ces)",
    "haemothorax": r"ha?emothorax",
    "pleural effusion": r"pleural (?:effusions?|fluid)|hydrothorax",
    "pericardial effusion": r"pericardial (?:effusions?|fluid)",
    "joint effusion": r"joint effusions?|effusion of the (?:knee|ankle|elbow|hip) joint",
    "effusion": r"effusions?",
    "consolidation": r"consolidations?|airspace (?:opacity|opacities|disease)",
    "ground-glass": r"ground[- ]glass (?:opacit(?:y|ies)|attenuation|change)",
    "opacity": r"opacit(?:y|ies)",
    "atelectasis": r"atelecta(?:sis|tic change)",
    "pneumonia": r"pneumonia",
    "pulmonary oedema": r"pulmonary o?edema",
    "pulmonary embolism": r"(?:pulmonary )?embol(?:ism|isms|us|i)|filling defects?",
    "nodule": r"(?:micro)?nodules?",
    "mass": r"mass(?:es)?",
    "lesion": r"lesions?",
    "cyst": r"cysts?",
    "collection": r"collections?",
    "abscess": r"abscess(?:es)?",
    "fracture": r"fractures?",
    "dislocation": r"(?<!sub)dislocations?|dislocated",
    "subluxation": r"subluxations?",
    "intra-axial haemorrhage": r"(?:intra-axial|intraparenchymal|parenchymal) ha?emorrhages?",
    "extra-axial haemorrhage": r"extra-axial ha?emorrhages?",
    "active bleeding": r"active (?:bleeding|extravasation)|(?:contrast|active) (?:medium )?"
    r"(?:blush|extravasation)",
    "haemorrhage": r"(?:intracranial )?ha?emorrhages?|bleed(?:ing)?",
    "subdural haematoma": r"subdural ha?ema(?:tomas?)|subdural ha?emorrhages?",
    "subdural": r"subdural(?: collections?)?",
    "epidural": r"(?:epi|extra)dural ha?ematomas?",
    "subarachnoid": r"subarachnoid (?:ha?emorrhages?|blood)",
    "haematoma": r"ha?ematomas?",
    "infarct": r"infarct(?:s|ion|ions)?",
    "hydrocephalus": r"hydrocephalus",
    "midline shift": r"midline shift",
    "herniation": r"(?<!disc )(?<!disk )herniation",
    "hydronephrosis": r"hydronephrosis",
    "calculus": r"calcul(?:us|i)|stones?|nephrolithiasis|urolithiasis",
    "gallstone": r"gallstones?|cholelithiasis",
    "cholecystitis": r"cholecystitis",
    "appendicitis": r"appendicitis",
    "diverticulitis": r"diverticulitis",
    "obstruction": r"obstruction",
    "free air": r"free (?:intraperitoneal )?(?:air|gas)|pneumoperitoneum",
    "ascites": r"ascites|free (?:pelvic |abdominal )?fluid",
    "lymphadenopathy": r"lymphadenopathy|enlarged (?:\w+ ){0,3}nodes?|adenopathy",
    "metastasis": r"metasta(?:sis|ses|tic disease)",
    "rupture of an organ": r"ruptured (?:\w+ ){0,3}(?:aneurysms?|aorta|spleen|uterus)"
    r"|(?:aneurysm|aortic|splenic|uterine|bladder|o?esophageal|diaphragmatic) rupture"
    r"|ruptures? of (?:the |an? )?(?:\w+ ){0,3}(?:aneurysm|aorta|spleen|uterus|bladder"
    r"|o?esophagus|diaphragm)",
    "perforation": r"perforations?|perforated",
    "aneurysm": r"aneurysms?",
    #: of a vessel; a surgeon's dissection is an operation
    "dissection": r"(?<!neck )(?<!axillary )(?<!node )(?<!nodal )(?<!mucosal )dissections?",
    "superficial thrombosis": r"superficial (?:\w+ )?thrombos[ei]s|thrombophlebitis",
    "thrombosis": r"(?:deep (?:vein|venous) )?thrombos[ei]s|thrombus|thrombi|dvt",
    "large vessel occlusion": r"large[- ]vessel occlusions?"
    r"|(?:mca|m1|m2|ica|basilar|middle cerebral)(?: artery)? occlusions?"
    r"|occlusions? of the (?:left |right )?(?:mca|m1|m2|ica|basilar|middle cerebral)",
    "bowel ischaemia": r"(?:mesenteric|bowel) (?:isch|ne)\w+|pneumatosis|portal venous gas",
    "ectopic pregnancy": r"ectopic (?:pregnancy|gestation)|tubal pregnancy",
    "unstable spine": r"unstable (?:\w+ )?(?:fracture|spine|injury)[a-z-]*|facet dislocations?",
    "malpositioned tube": r"(?:malpositioned|misplaced) (?:\w+ )?tube|tube (?:in|within) the"
    r" (?:left|right) main(?:[- ]?stem)? bronchus|o?esophageal intubation",
    "stenosis": r"stenos[ei]s",
    "occlusion": r"occlusions?",
    "tear": r"tears?|torn",
    "rupture": r"ruptures?|ruptured",
    "calcification": r"(?:micro)?calcifications?",
    "distortion": r"architectural distortion",
    "cardiomegaly": r"cardiomegaly|enlarged heart",
    "disc herniation": r"(?:disc|disk) (?:herniations?|protrusions?|extrusions?|prolapse)",
    "cord compression": r"cord compression|cauda equina (?:compression|syndrome)"
    r"|compression of the (?:spinal cord|cord|cauda equina)",
    "ductal dilatation": r"(?:biliary|ductal|bile duct) dilata?tion",
    "osteomyelitis": r"osteomyelitis",
    "mastoiditis": r"mastoiditis",
    "pneumonitis": r"pneumonitis",
    "bronchiectasis": r"bronchiectasis",
    "emphysema": r"emphysema",
    "varicocele": r"varicoceles?",
    #: of an organ; that of a long bone is an angle
    "volvulus": r"volvulus",
    "intussusception": r"intussusception",
    "necrotising infection": r"(?:necroti[sz]ing fasciitis|fournier gangrene)",
    "tamponade": r"tamponade",
    "pancreatitis": r"pancreatitis",
    "pyelonephritis": r"pyelonephritis",
    "torsion": r"(?<!femoral )(?<!tibial )(?<!humeral )torsion",
    "foreign body": r"foreign bod(?:y|ies)",
}

#: Organs that come in two, and limbs.
PAIRED: dict[str, str] = {
    "kidney": r"kidneys?|renal|(?:pelvicalyceal|collecting) systems?",
    "ureter": r"ureters?|ureteric|ureteral|vesicoureteric",
    "adrenal": r"adrenals?",
    "lung": r"lungs?|pulmonary|hemithorax",
    "upper lobe": r"upper lobes?|[LR]UL",
    "lower lobe": r"lower lobes?|[LR]LL",
    "middle lobe": r"middle lobe|RML",
    "breast": r"breasts?",
    "axilla": r"axillae?|axillary",
    "ovary": r"ovar(?:y|ies|ian)",
    "testis": r"test(?:is|es|icle|icles|icular)",
    "hip": r"hips?",
    "knee": r"knees?",
    "ankle": r"ankles?",
    "foot": r"foot|feet",
    "shoulder": r"shoulders?",
    "elbow": r"elbows?",
    "wrist": r"wrists?",
    "hand": r"hands?",
    "finger": r"fingers?|thumbs?",
    "toe": r"toes?|hallux",
    "femur": r"femurs?|femoral|thighs?",
    "tibia": r"tibias?|tibial",
    "fibula": r"fibulas?|fibular",
    "lower leg": r"lower legs?|cal(?:f|ves)",
    "leg": r"legs?|lower (?:limb|extremity)",
    "arm": r"arms?|upper (?:limb|extremity)",
    "humerus": r"humerus|humeral",
    "forearm": r"forearms?",
    "radius": r"distal radius|radius",
    "ulna": r"ulnas?",
    "clavicle": r"clavicles?|clavicular",
    "scapula": r"scapulas?|scapular",
    "rib": r"ribs?",
    "orbit": r"orbits?|orbital|eyes?|globes?",
    "mastoid": r"mastoids?|mastoiditis",
    "temporal bone": r"temporal bones?",
    "maxillary sinus": r"maxillary sinus(?:es|itis)?",
    "carotid": r"carotids?",
    "middle cerebral artery": r"middle cerebral|MCA",
    "popliteal vessels": r"popliteal",
    "nerve root": r"(?<!aortic )(?<!mesenteric )roots?",
    "lymph node": r"(?:lymph )?nodes?",
    "frontal lobe": r"frontal(?: lobe)?",
    "parietal lobe": r"parietal(?: lobe)?",
    "temporal lobe": r"temporal lobes?",
    "occipital lobe": r"occipital(?: lobe)?",
    "hemisphere": r"hemispheres?|hemispheric",
    "basal ganglia": r"basal ganglia|thalamus|thalamic|putamen",
    "inguinal": r"inguinal|groins?",
    "hemithorax": r"hemithorax|pleura|pleural",
}

#: Organs of one sex, for the check against the other.
FEMALE = _words(
    r"uterus|uterine|endometri(?:um|al|oma|osis)|myometri(?:um|al)|cervix uteri|uterine cervix"
    r"|ovar(?:y|ies|ian)|fallopian|adnexae?|adnexal|vagina|vaginal|vulvar?|parametri(?:um|al)"
    r"|gestational sac|intrauterine|placenta|fetus|foetus|fetal|foetal|gravid"
)
MALE = _words(
    r"prostate|prostatic|prostatectomy|seminal vesicles?|test(?:is|es|icle|icles|icular)"
    r"|scrot(?:um|al)|epididym(?:is|al|itis)|penis|penile|spermatic cord|varicoceles?|vas deferens"
)
#: Where a report says this of a patient, organs of both sexes are no slip.
BOTH_SEXES = _words(
    r"trans(?:gender|sexual)?[ -]?(?:wom[ae]n|m[ae]n|female|male|patient)|transgender|intersex"
    r"|m(?:u|ue|ü)llerian (?:duct|remnant)[a-z -]*|disorders? of sex(?:ual)? development|DSD"
    r"|androgen insensitivity|ovotesti\w+|gender[- ]affirming"
)
#: Of these a report tells the illnesses, not the organs.
RELATIVES = _words(
    r"mother|father|sister|brother|aunt|uncle|grand(?:mother|father)|wife|husband|spouse"
    r"|family history|relatives?"
)
#: Adnexa of the eye and the skin belong to everybody.
OF_ANYBODY = _words(
    r"(?:ocular|orbital|skin|cutaneous) adnexae?|adnexa of the (?:eye|skin|orbit)"
    r"|fo?etal[- ](?:circulation|type|origin|pca|variant|posterior)[a-z -]*"
)


@dataclass(frozen=True, slots=True)
class Span:
    """How long a thing can be, in mm; a size outside is a slip of the unit or of a digit."""

    name: str
    pattern: re.Pattern[str]
    least: float
    most: float
    #: written behind its size: "8 mm of midline shift"
    behind: bool = False


#: Wide on purpose: rare anatomy and disease stay inside, a lost decimal point or a wrong unit not.
SPANS: tuple[Span, ...] = (
    Span("nodule", _words(r"(?:micro)?nodules?"), 0.5, 60.0),
    Span("kidney", _words(r"kidneys?"), 30.0, 350.0),
    Span("aorta", _words(r"aorta|aortic (?:root|arch|diameter|aneurysm)"), 8.0, 150.0),
    Span("spleen", _words(r"spleen"), 35.0, 400.0),
    Span("liver", _words(r"liver (?:span|length|craniocaudal)|liver measures"), 60.0, 350.0),
    Span("common bile duct", _words(r"common bile duct|cbd|common duct"), 1.0, 50.0),
    Span("appendix", _words(r"appendix"), 2.0, 60.0),
    Span("endometrium", _words(r"endometri(?:um|al thickness|al stripe)"), 0.5, 80.0),
    Span("gallbladder wall", _words(r"gall ?bladder wall(?: thick\w+)?"), 0.5, 25.0),
    Span("lymph node", _words(r"(?:lymph )?nodes?"), 1.0, 120.0),
    Span("main pulmonary artery", _words(r"(?:main )?pulmonary artery|pulmonary trunk"), 8.0, 90.0),
    Span("midline shift", _words(r"midline shift"), 0.5, 40.0, behind=True),
    Span("prostate", _words(r"prostate"), 10.0, 150.0),
    Span("uterus", _words(r"uterus"), 15.0, 350.0),
    Span("ovary", _words(r"ovar(?:y|ies)"), 5.0, 300.0),
    Span("testis", _words(r"test(?:is|es|icle)"), 5.0, 150.0),
    Span(
        "disc",
        _words(r"(?:disc|disk) (?:herniation|bulge)|(?<!acetabular )(?:pro|ex)trusion"),
        0.5,
        40.0,
    ),
    #: from the carina, or the width of the tube itself
    Span("an endotracheal tube", _words(r"(?:endotracheal|tracheal) tube|ETT"), 1.0, 200.0),
    Span("portal vein", _words(r"portal vein"), 3.0, 40.0),
    Span("pancreatic duct", _words(r"pancreatic duct"), 0.5, 30.0),
    Span("bowel wall", _words(r"(?:bowel|colonic|sigmoid|gastric) wall"), 0.5, 60.0),
    Span("bowel", _words(r"bowel loops?|bowel diameter"), 5.0, 200.0),
    Span("a limb", _words(r"legs?|(?:lower|upper) limbs?"), 0.1, 1300.0),
)
#: Of anything in a body.
ANY_SPAN = Span("a finding", re.compile(""), 0.1, 600.0)

_FINDING = re.compile(
    "|".join(rf"(?P<f{index}>\b(?:{each})\b)" for index, each in enumerate(FINDINGS.values())),
    re.IGNORECASE,
)
_ORGAN = re.compile(
    "|".join(rf"(?P<o{index}>\b(?:{each})\b)" for index, each in enumerate(PAIRED.values())),
    re.IGNORECASE,
)
_FINDING_NAMES, _ORGAN_NAMES = tuple(FINDINGS), tuple(PAIRED)


@dataclass(frozen=True, slots=True)
class Word:
    """A canonical name and where it stands in its sentence."""

    name: str
    start: int
    end: int


def _found(pattern: re.Pattern[str], names: tuple[str, ...], text: str) -> list[Word]:
    return [
        Word(names[int(str(match.lastgroup)[1:])], match.start(), match.end())
        for match in pattern.finditer(text)
    ]


#: Words that tell where a finding is, beside paired organs: denied there, it may be elsewhere.
_PLACE = _words(
    r"supratentorial|infratentorial|posterior fossa"
    r"|vertebral|bones?|bony|osseous|skeletal|liver|hepatic|spleen|splenic|pancrea(?:s|tic)|bowel"
    r"|colon(?:ic)?|brain|cerebral|cerebellar|medial|lateral|anterior|posterior|superior|inferior|deep"
    r"|superficial|mediastinal|hilar|cervical|thoracic|lumbar|sacral|pelvic|abdominal|peritoneal"
    r"|(?:[CTLS][0-9]{1,2}(?:[/-][CTLS]?[0-9]{1,2})?)|segment [0-9]+[ab]?|calcified|meniscal"
)
#: Places with more than one spelling.
_STRUCTURES: dict[str, re.Pattern[str]] = {
    "anterior cruciate ligament": _words(r"acl|anterior cruciate"),
    "posterior cruciate ligament": _words(r"pcl|posterior cruciate"),
    "cruciate ligament": _words(r"acl|pcl|cruciate"),
    "meniscus": _words(r"menisc(?:us|i|al)"),
    "aorta": _words(r"aortas?|aortic"),
    "portal vein": _words(r"portal (?:vein|venous)"),
    "mesenteric vein": _words(r"mesenteric (?:vein|venous)|SMV"),
}
#: Where a finding lies by its name: "right hydronephrosis" is of the kidney.
IMPLIED_PLACES: dict[str, frozenset[str]] = {
    "hydronephrosis": frozenset({"kidney"}),
    "pneumothorax": frozenset({"lung", "hemithorax"}),
    "pleural effusion": frozenset({"lung", "hemithorax"}),
    "varicocele": frozenset({"testis"}),
    "mastoiditis": frozenset({"mastoid"}),
    "pancreatitis": frozenset({"pancreas", "pancreatic"}),
}
#: A more special finding, and what it is one of.
_KINDS: dict[str, frozenset[str]] = {
    "subdural haematoma": frozenset({"haemorrhage", "extra-axial haemorrhage", "subdural"}),
    "epidural": frozenset({"haemorrhage", "extra-axial haemorrhage"}),
    "subarachnoid": frozenset({"haemorrhage", "extra-axial haemorrhage"}),
    "intra-axial haemorrhage": frozenset({"haemorrhage"}),
    "extra-axial haemorrhage": frozenset({"haemorrhage"}),
    "active bleeding": frozenset({"haemorrhage"}),
    "large vessel occlusion": frozenset({"occlusion"}),
}


def kinds_of(finding: str) -> tuple[str, ...]:
    """A finding and what it is one of: a subdural haematoma is a haemorrhage."""
    return (finding, *sorted(_KINDS.get(finding, frozenset())))


def is_a(special: str, general: str) -> bool:
    """Whether a finding is the other one or a kind of it."""
    return special == general or general in _KINDS.get(special, frozenset())


_LOBES = frozenset({"upper lobe", "middle lobe", "lower lobe"})


def places_in(text: str) -> frozenset[str]:
    """Paired organs and other places that a text names; a lobe lies in the lung."""
    organs = {word.name for word in organs_in(text)}
    if organs & _LOBES:
        organs.add("lung")
    organs |= {name for name, pattern in _STRUCTURES.items() if pattern.search(text)}
    return frozenset(organs | {match[0].lower() for match in _PLACE.finditer(text)})


def findings_in(text: str) -> list[Word]:
    """The findings that a sentence speaks of, in their order."""
    return _found(_FINDING, _FINDING_NAMES, text)


@lru_cache(maxsize=8192)
def organs_in(text: str) -> tuple[Word, ...]:
    """The paired organs and limbs that a sentence speaks of; kept, as sentences are read again."""
    return tuple(_found(_ORGAN, _ORGAN_NAMES, text))
