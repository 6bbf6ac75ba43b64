"""Cuts the Chinese and the Korean type of resources/fonts out of Noto Sans SC and Noto Sans KR.

    npm pack @expo-google-fonts/noto-sans-sc@0.4.3 @expo-google-fonts/noto-sans-kr@0.4.3
    pip install fonttools==4.68.0
    python installer/cut_fonts.py FOLDER-OF-THE-TWO-PACKAGES

Both are under the SIL Open Font License 1.1, which lets a part be passed on under another name than
the reserved one. The same packages and the same fonttools give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent.parent / "resources" / "fonts"
#: Of the Chinese digit nought, which GB 2312 lacks, and units that are one sign in pasted text.
EXTRA = "〇㎎㎏㎜㎝㎞㎡"
HANGUL = range(0xAC00, 0xD7A4)
#: Tables that neither a page nor a screen that sets lines from left to right reads.
DROPPED = ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG", "STAT"]


@dataclass(frozen=True, slots=True)
class Cut:
    """A package with its SHA-256, the file in it, and what becomes of it."""

    package: str
    sha256: str
    file: str
    family: str
    characters: frozenset[int]


def double_byte(codec: str) -> frozenset[int]:
    """The code points of a set of two bytes a character (EUC)."""
    found = set()
    for first in range(0xA1, 0xFF):
        for second in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((first, second)).decode(codec)))
            except UnicodeDecodeError:
                continue
    return frozenset(found)


def is_han(code: int) -> bool:
    """Whether it is a Chinese character, of which Korean reports hold hardly any."""
    return 0x4E00 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF


CUTS = (
    Cut(
        "expo-google-fonts-noto-sans-sc-0.4.3.tgz",
        "0d69d0f4971d2ff574e3d93cbc218dc950bf3f3f8f8e2c008d97687ed53aee59",
        "package/400Regular/NotoSansSC_400Regular.ttf",
        "Nocturne Sans SC",
        double_byte("gb2312") | frozenset(map(ord, EXTRA)),
    ),
    Cut(
        "expo-google-fonts-noto-sans-kr-0.4.3.tgz",
        "7614af529705ea48e8b76cb3b056b92db66b7625ef3fc97ce76366063df94d3f",
        "package/400Regular/NotoSansKR_400Regular.ttf",
        "Nocturne Sans KR",
        frozenset(each for each in double_byte("euc_kr") if not is_han(each)) | frozenset(HANGUL),
    ),
)


def cut(held: Cut, folder: Path) -> Path:
    """Write one font; SystemExit where the package is another one."""
    packed = (folder / held.package).read_bytes()
    if hashlib.sha256(packed).hexdigest() != held.sha256:
        raise SystemExit(f"{held.package} is not the one that the fonts are cut from.")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        member = archive.extractfile(held.file)
        assert member is not None
        font = TTFont(io.BytesIO(member.read()), recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.drop_tables += DROPPED
    work = subset.Subsetter(options)
    work.populate(unicodes=held.characters)
    work.subset(font)
    plain = held.family.replace(" ", "")
    names = {1: held.family, 3: f"2.004;{plain}-Regular", 4: f"{held.family} Regular", 6: plain}
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]
    to = FONTS / f"{plain}-Regular.ttf"
    font.save(to)
    return to


if __name__ == "__main__":
    for each in CUTS:
        made = cut(each, Path(sys.argv[1]))
        digest = hashlib.sha256(made.read_bytes()).hexdigest()
        sys.stdout.write(f"{made.name}  {made.stat().st_size} bytes  sha256 {digest}\n")
