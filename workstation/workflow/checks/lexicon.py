"""Words of radiology that the checks know: findings and paired organs.

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
    "pneumonia": r"pneumonias?",
    "pulmonary oedema": r"pulmonary o?edema",
    "pulmonary embolism": r"(?:pulmonary )?(?:thrombo-?)?embol(?:ism|isms|us|i)|filling defects?",
    "nodule": r"(?:micro)?nodules?",
    "mass": r"mass(?:es)?(?! effect)",
    "lesion": r"lesions?",
    "cyst": r"cysts?",
    "collection": r"collections?",
    "abscess": r"abscess(?:es)?",
    "compression fracture": r"(?:wedge|compression|burst) fractures?"
    r"|vertebral (?:body )?fractures?",
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
    "restricted diffusion": r"restricted diffusion|(?:diffusion|DWI) restriction"
    r"|diffusion is restricted",
    "hydrocephalus": r"hydrocephalus",
    "midline shift": r"midline shift",
    "herniation": r"(?<!disc )(?<!disk )herniation(?! of (?:\w+ )?(?:fat|bowel|stomach|omentum))"
    r"(?![^.;]*\b(?:roots?|discs?|disks?|thecal|foramen|foramin\w+|[CTL][0-9]))",
    "hydronephrosis": r"hydronephrosis",
    "calculus": r"calcul(?:us|i)|stones?|nephrolithiasis|urolithiasis",
    "gallstone": r"gallstones?|cholelithiasis",
    "cholecystitis": r"cholecystitis",
    "appendicitis": r"appendicitis",
    "diverticulitis": r"diverticulitis",
    "obstruction": r"obstruction",
    "free air": r"(?:free|extra-?luminal) (?:intra-?peritoneal |sub-?(?:phrenic|diaphragmatic) )?"
    r"(?:air|gas)|pneumo-?peritoneum|air under the (?:hemi)?diaphragms?",
    "ascites": r"ascites|free (?:pelvic |abdominal )?fluid",
    "lymphadenopathy": r"lymphadenopathy|enlarged (?:[\w-]+,? ){0,6}nodes?|adenopathy",
    "metastasis": r"metasta(?:sis|ses|tic disease)",
    "rupture of an organ": r"ruptured (?:\w+ ){0,3}(?:aneurysms?|aorta|spleen|uterus)"
    r"|(?:aneurysm|aortic|splenic|uterine|bladder|o?esophageal|diaphragmatic) rupture"
    r"|ruptures? of (?:the |an? )?(?:\w+ ){0,3}(?:aneurysm|aorta|spleen|uterus|bladder"
    r"|o?esophagus|diaphragm)",
    "harmless perforation": r"perforat\w+ of the (?:nasal septum|tympanic membrane|ear ?drum)"
    r"|(?:nasal )?septal perforations?|nasal septum perforations?"
    r"|tympanic (?:membrane )?perforations?",
    "perforation": r"perforations?|perforated",
    "aneurysm": r"aneurysms?|aneurysmal dilata?tion",
    #: of a vessel; a surgeon's dissection is an operation
    "dissection": r"(?:intimal|dissection) flaps?"
    r"|(?:stanford|debakey) (?:type )?[AB123]+\b(?: dissection)?"
    r"|(?<!neck )(?<!axillary )(?<!node )(?<!nodal )(?<!mucosal )dissections?",
    "superficial thrombosis": r"superficial (?:\w+ )?thrombos[ei]s|thrombophlebitis",
    "thrombosis": r"(?:deep (?:vein|venous) )?thrombos[ei]s|thrombus|thrombi|dvt",
    "large vessel occlusion": r"large[- ]vessel occlusions?"
    r"|(?:mca|m1|m2|ica|basilar|middle cerebral)(?: artery)? occlusions?"
    r"|occlusions? of the (?:left |right )?(?:mca|m1|m2|ica|basilar|middle cerebral)",
    "bowel ischaemia": r"(?:mesenteric|bowel|gut|intestinal|colonic) (?:isch|ne)\w+"
    r"|(?:isch\w+|necrotic|infarcted) (?:bowel|gut|colitis)|pneumatosis(?! cystoides)"
    r"|portal venous gas"
    r"|(?:sma|superior mesenteric artery) (?:occlusion|thrombosis|embolus)",
    "closed loop obstruction": r"closed[- ]loop(?: obstruction)?"
    r"|strangulated (?:\w+ )?(?:hernia|bowel)",
    "venous sinus thrombosis": r"(?:dural|venous|sagittal|transverse|sigmoid) sinus thrombos[ei]s",
    "abusive injury": r"non-?accidental injur(?:y|ies)|inflicted injur(?:y|ies)|child abuse"
    r"|abusive (?:head )?trauma",
    "ectopic pregnancy": r"ectopic (?:pregnancy|gestation)|tubal (?:pregnancy|ectopic)"
    r"|ruptured ectopic",
    "unstable spine": r"fracture[- ]dislocations? of (?:the )?(?:[CTL][0-9]|spine)"
    r"|unstable (?:\w+ )?(?:fracture|spine|injury)[a-z-]*|facet dislocations?",
    "malpositioned tube": r"(?:malpositioned|misplaced) (?:\w+ ){0,2}tube"
    r"|tube (?:tip )?(?:\w+ ){0,3}(?:in|within|into) the"
    r" (?:left|right) (?:\w+ ){0,3}bronchus|o?esophageal intubation"
    r"|(?:endobronchial|right main(?:stem)? bronchus) intubation",
    "polyp": r"polyps?",
    "varices": r"varices|varix",
    "stricture": r"strictures?",
    "hernia": r"hernias?|herniae",
    "fistula": r"fistulas?|fistulae",
    "diverticulum": r"diverticul(?:um|a|osis)",
    "oedema": r"o?edema(?:tous)?",
    "erosion": r"(?<!without )erosions?",
    "pseudoaneurysm": r"pseudo-?aneurysms?",
    "transection": r"(?:aortic|traumatic|spinal cord|cord) transections?|transection of the \w+",
    "epiglottitis": r"epiglottitis",
    "retained object": r"(?:retained|forgotten) (?:surgical )?(?:swabs?|sponges?|instruments?"
    r"|needles?|gauze|foreign bod(?:y|ies))|gossypiboma|textiloma",
    "stenosis": r"stenos[ei]s",
    "occlusion": r"occlusions?",
    "tear": r"tears?|torn",
    "rupture": r"ruptures?|ruptured",
    "osteoarthritis": r"osteoarthrit(?:is|ic change)|degenerative (?:joint )?(?:disease|changes?)",
    "marrow oedema": r"(?:bone )?marrow o?edema",
    "splenomegaly": r"splenomegaly|enlarged spleen|spleen is enlarged",
    "hepatomegaly": r"hepatomegaly|enlarged liver|liver is enlarged",
    "demyelination": r"demyelinat(?:ion|ing (?:lesions?|plaques?|disease))",
    "calcification": r"(?:micro)?calcifications?",
    "distortion": r"architectural distortion",
    "cardiomegaly": r"cardiomegaly|enlarged heart",
    "disc herniation": r"(?:disc|disk) (?:herniations?|protrusions?|extrusions?|prolapse)",
    "cord compression": r"cord compression|compress(?:es|ing) the (?:spinal )?cord"
    r"|cauda equina (?:compression|syndrome)"
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
    "necrotising infection": r"necroti[sz]ing (?:fasciitis|infection|soft[- ]tissue infection)"
    r"|fournier(?:'s)? gangrene|gas gangrene",
    "tamponade": r"tamponade",
    "pancreatitis": r"pancreatitis",
    "pyelonephritis": r"pyelonephritis",
    "torsion": r"(?<!femoral )(?<!tibial )(?<!humeral )torsion"
    r"(?! of the (?:fem\w+|tibi\w+|humer\w+|bone|shaft|neck))",
    "heart beat of a fetus": r"(?:embryonic |fo?etal )?(?:cardiac activity|heart ?beat|heart rate)"
    r"|FHR|FHB",
    "foreign body": r"foreign bod(?:y|ies)",
}

#: Organs that come in two, and limbs.
PAIRED: dict[str, str] = {
    "kidney": r"kidneys?|renal|(?:pelvicalyceal|collecting) systems?",
    "ureter": r"ureters?|ureteric|ureteral|(?:vesico|pelvi)-?ureteric|[VP]UJ|U[VP]J",
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
    "middle ear": r"middle ears?|scutum|tympanic|ossic\w+|cholesteatomas?",
    "temporal bone": r"temporal bones?",
    "maxillary sinus": r"maxillary sinus(?:es|itis)?",
    "carotid": r"carotids?|[ICE]CA|[IC]CAs",
    "middle cerebral artery": r"middle cerebral|MCA",
    "popliteal vessels": r"popliteal",
    "nerve root": r"(?<!aortic )(?<!mesenteric )roots?",
    "lymph node": r"(?:lymph )?nodes?",
    "frontal lobe": r"frontal(?: lobe)?",
    "parotid": r"parotids?",
    "tonsil": r"(?<!cerebellar )tonsils?|tonsillar",
    "thyroid lobe": r"lobe of the thyroid|thyroid lobe",
    "parietal lobe": r"parietal(?: lobe)?",
    "temporal lobe": r"temporal lobes?",
    "occipital lobe": r"occipital(?: lobe)?",
    "hemisphere": r"hemispheres?|hemispheric",
    "basal ganglia": r"basal ganglia|thalamus|thalamic|putamen",
    "inguinal": r"inguinal|groins?",
    "hemithorax": r"hemithorax|pleura|pleural",
}

#: A word of Greek or Latin make names a finding by its ending, also one that no list holds:
#: -itis, -oma, -osis, -megaly … (Terminologia Medica; Ehrlich, Medical Terminology, ch. 2). Those
#: that name an organ, an operation, a shape or the course of a disease are left out.
_BY_ENDING = (
    r"(?!(?:ana\w*stom|diagn|progn|apopt|lord|kyph|symbi|metam|hypn|acid|alkal)osis\b)"
    r"(?!(?:stoma|coma|soma|sarcoma-like|diploma|glaucoma|chroma|stroma|trauma|aroma|haematoma"
    r"|hematoma)s?\b)"
    r"[a-z]{3,}(?:itis|oma|omas|omata|osis|ectasis|ectasia|megaly|malacia|listhesis|plegia|cele"
    r"|celes"
    r"|pathy|lithiasis|penia|dysplasia|hyperplasia|sclerosis|osteolysis|spondylolysis)"
)

_FINDING = re.compile(
    "|".join(rf"(?P<f{index}>\b(?:{each})\b)" for index, each in enumerate(FINDINGS.values()))
    + rf"|(?P<e>\b{_BY_ENDING}\b)",
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
        Word(
            _singular(match[0]) if match.lastgroup == "e" else names[int(str(match.lastgroup)[1:])],
            match.start(),
            match.end(),
        )
        for match in pattern.finditer(text)
    ]


def _singular(word: str) -> str:
    """A finding that is known by its ending, in one spelling and number."""
    plain = re.sub(r"ae|oe", "e", word.lower())
    return re.sub(r"(oma)(?:s|ta)$", r"\1", re.sub(r"celes$", "cele", plain))


#: Words that tell where a finding is, beside paired organs: denied there, it may be elsewhere.
_PLACE = _words(
    r"supratentorial|infratentorial|posterior fossa|colon(?:ic)?"
    r"|cerebellar|medial|lateral|anterior|posterior|superior|inferior|deep"
    r"|superficial|mediastinal|hilar|cervical|thoracic|lumbar|sacral|pelvic|abdominal|peritoneal"
    r"|(?:[CTLS][0-9]{1,2}(?:[/-][CTLS]?[0-9]{1,2})?)|segment [0-9]+[ab]?|calcified|meniscal"
)
#: Places with more than one spelling.
_STRUCTURES: dict[str, re.Pattern[str]] = {
    "anterior cruciate ligament": _words(r"acl|anterior cruciate"),
    "posterior cruciate ligament": _words(r"pcl|posterior cruciate"),
    "cruciate ligament": _words(r"acl|pcl|cruciates?"),
    "rotator cuff": _words(r"rotator cuff|supraspinatus|infraspinatus|subscapularis|teres minor"),
    "meniscus": _words(r"menisc(?:us|i|al)"),
    "aorta": _words(r"aortas?|aortic"),
    "portal vein": _words(r"portal (?:vein|venous)"),
    "mesenteric vein": _words(r"mesenteric (?:vein|venous)|SMV"),
    "liver": _words(r"liver|hepatic(?! (?:artery|vein|flexure))"),
    "spleen": _words(r"spleen|splenic(?! (?:artery|vein|flexure))"),
    "pancreas": _words(r"pancrea(?:s|tic)"),
    "bone": _words(r"bones?|bony|osseous|skeletal|marrow|vertebral|vertebrae?"),
    "bowel": _words(r"bowel|intestin(?:e|al)"),
    "gallbladder": _words(r"gall ?bladder"),
    "brain": _words(r"brain|cerebral"),
    "thyroid": _words(r"thyroid"),
    "prostate": _words(r"prostate|prostatic"),
    "sacroiliac joint": _words(r"sacro-?iliac|sacroiliitis|SIJs?"),
}
#: Where a finding lies by its name: "right hydronephrosis" is of the kidney.
IMPLIED_PLACES: dict[str, frozenset[str]] = {
    "hydronephrosis": frozenset({"kidney"}),
    "pneumothorax": frozenset({"lung", "hemithorax"}),
    "pleural effusion": frozenset({"lung", "hemithorax"}),
    "varicocele": frozenset({"testis"}),
    "mastoiditis": frozenset({"mastoid"}),
    "pancreatitis": frozenset({"pancreas"}),
    "gallstone": frozenset({"gallbladder"}),
    "cirrhosis": frozenset({"liver"}),
    "cholecystitis": frozenset({"gallbladder"}),
    "splenomegaly": frozenset({"spleen"}),
    "hepatomegaly": frozenset({"liver"}),
    "sacroiliitis": frozenset({"sacroiliac joint"}),
    "compression fracture": frozenset({"bone"}),
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
    "closed loop obstruction": frozenset({"obstruction"}),
    "compression fracture": frozenset({"fracture"}),
    "venous sinus thrombosis": frozenset({"thrombosis"}),
    "pleural effusion": frozenset({"effusion"}),
    "pericardial effusion": frozenset({"effusion"}),
    "joint effusion": frozenset({"effusion"}),
}
#: The same, but only where the denial names the organ: "no hepatic lesion" denies a metastasis of
#: the liver, "gallbladder free of stones" a gallstone; "no stones" in the sentence of the kidneys
#: denies neither.
_KINDS_IN_PLACE: dict[str, frozenset[str]] = {
    "gallstone": frozenset({"calculus"}),
    "metastasis": frozenset({"lesion", "mass"}),
    "mass": frozenset({"lesion"}),
    "abscess": frozenset({"collection", "lesion"}),
}


def kinds_of(finding: str) -> tuple[str, ...]:
    """A finding and what it is one of: a subdural haematoma is a haemorrhage."""
    return (finding, *sorted(_KINDS.get(finding, frozenset())))


def kinds_in_place(finding: str) -> frozenset[str]:
    """What it is one of where both speak of one organ: a metastasis of the liver is a lesion."""
    return _KINDS_IN_PLACE.get(finding, frozenset())


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
