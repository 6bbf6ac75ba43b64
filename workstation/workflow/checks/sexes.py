"""Organs, operations and states of one sex, for the check against the other.

Terminologia Anatomica 2, A09 (genital systems), with the operations, devices and classes that a
report names in their place.
"""

from __future__ import annotations

import re


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b(?!-(?:\w+-)?(?:type|like|shaped))", re.IGNORECASE)


FEMALE = _words(
    # organs
    r"uterus|uterine|endometri(?:um|al|oma|osis)|myometri(?:um|al)|junctional zone|cervix uteri"
    r"|uterine cervix|endo-?cervical|ovar(?:y|ies|ian)|corpus luteum|luteal|fallopian|adnexae?"
    r"|adnexal|vagina|vaginal|vulvar?|clitor(?:is|al)|labia majora|introitus|parametri(?:um|al|a)"
    r"|broad ligaments?|pouch of douglas|rectouterine|bartholin(?:'s)?|gartner(?:'s)?|nabothian"
    r"|skene(?:'s)?"
    # findings of them
    r"|fibroids?|adenomyosis|hydrosalpin(?:x|ges)|haematometra|hematometra|salpingitis"
    r"|lactating|post-?menopausal|menstrual|menopaus(?:e|al)"
    # pregnancy
    r"|gestational sac|gestation|intra-?uterine|placentae?|placental|fo?etus(?:es)?|fo?etal|gravid"
    r"|pregnan(?:t|cy)|ectopic pregnancy|yolk sac|crown[- ]rump|post-?partum|puerper\w+"
    r"|trophoblast\w*"
    # operations, devices, classes
    r"|hysterectomy|oo?phorectomy|salping\w*ectomy|c(?:a)?esarean|BSO|IUC?D|mirena|pessary"
    r"|(?:contraceptive|intra-?uterine) (?:coil|device)|(?:tubal|fallopian|sterili[sz]ation) clips?"
    r"|tampon|O-RADS|hysterosalping\w+|tubal ligation|essure"
)
#: The neck of the uterus, which a report of the pelvis calls "the cervix"; that of the cord or of a
#: tooth is told beside it.
FEMALE_CERVIX = _words(
    r"(?<!spinal )(?<!dental )cervix(?! (?:of (?:the )?(?:cord|tooth|neck|femur)))"
)
MALE = _words(
    # organs
    r"prostate|prostatic|seminal vesicles?|test(?:is|es|icle|icles|icular)|scrot(?:um|al)"
    r"|epididym(?:is|ides|al|itis)|penis|penile|corpor(?:a|us) (?:cavernos|spongios)\w+"
    r"|cavernos(?:a|um)"
    r"|spermatic cord|vas deferens|vasa deferentia|ejaculatory ducts?|verumontanum"
    r"|prostatic utricle"
    r"|tunica (?:albuginea|vaginalis)|pampiniform|bulbospongiosus|glans"
    # findings of them
    r"|varicoceles?|spermatoceles?|hydroceles?(?! of the canal of nuck)|cryptorchid\w*|BPH"
    r"|prostatitis"
    r"|peyronie(?:'s)?|orchitis|epididymo-?orchitis|gyna?ecomastia"
    # operations, classes
    r"|prostatectomy|TURP|RALP|orchi(?:d)?ectomy|orchi(?:d)?opexy|vasectomy|circumcision|PI-?RADS"
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
    r"|family history|relatives?|partner|donor"
)
#: Adnexa of the eye and the skin belong to everybody.
OF_ANYBODY = _words(
    r"(?:ocular|orbital|skin|cutaneous) adnexae?|adnexa of the (?:eye|skin|orbit)"
    r"|(?:persistent )?fo?etal[- ](?:lobulat\w+|circulation|type|origin|pca|variant"
    r"|posterior)[a-z -]*"
)
