"""Which media types and transfer syntaxes a client accepts (PS3.18 8.7)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.requests import Request

from workstation.local_service.multipart import parameters

#: What `application/dicom` means where no syntax is named (PS3.18 8.7.3.5.2); here it is read as
#: "as stored", since nothing is transcoded and most clients that say nothing take anything.
ANY = "*"
_ENTRY = re.compile(r'(?:[^,"]|"[^"]*")+')


@dataclass(frozen=True, slots=True)
class Range:
    """One entry of Accept: the type of the parts, its syntax, and whether in parts at all."""

    media_type: str
    syntax: str
    multipart: bool
    single: bool

    def takes(self, media_type: str, syntax: str, single: bool) -> bool:
        """Whether an answer fits."""
        if not (self.single if single else self.multipart):
            return False
        main = media_type.split("/")[0]
        if self.media_type not in ("*/*", f"{main}/*", media_type):
            return False
        return self.syntax in (ANY, syntax) or not syntax


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that a client accepts."""

    ranges: tuple[Range, ...]

    def takes(self, media_type: str, syntax: str, *, single: bool = False) -> bool:
        """Whether any entry fits."""
        return any(each.takes(media_type, syntax, single) for each in self.ranges)


def of(request: Request) -> Wanted:
    """From the accept query parameter, which comes first, or the header; without either, all."""
    header = request.query_params.get("accept") or request.headers.get("accept") or "*/*"
    found = []
    for entry in _ENTRY.findall(header):
        kind, given = parameters(entry.strip())
        if _is_zero(given.get("q", "1")):
            continue
        syntax = given.get("transfer-syntax", ANY) or ANY
        if kind == "multipart/related":
            found.append(Range(given.get("type", "*/*").lower(), syntax, True, False))
        elif kind == "*/*":
            found.append(Range("*/*", syntax, True, True))
        elif kind:
            found.append(Range(kind, syntax, False, True))
    return Wanted(tuple(found))


def _is_zero(quality: str) -> bool:
    try:
        return float(quality) <= 0
    except ValueError:
        return False
