"""A one-page PDF, written by hand so that it is small and the same at every run."""

from __future__ import annotations

from collections.abc import Sequence


def _text(x: int, y: int, size: int, font: str, words: str) -> bytes:
    safe = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /{font} {size} Tf {x} {y} Td (".encode() + safe.encode("cp1252") + b") Tj ET\n"


def wrap(words: str, width: int) -> list[str]:
    """Lines of at most `width` characters, broken at spaces."""
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def one_page(title: str, facility: str, rows: Sequence[tuple[str, str]], notes: str) -> bytes:
    """An A4 page (ISO 32000-1): title, facility, captioned rows, then the notes.

    Text must fit Windows-1252, the encoding of the standard fonts.
    """
    page = [b"0.75 G 56 770 m 539 770 l S\n", _text(56, 786, 18, "B", title)]
    page.append(_text(360, 786, 10, "R", facility))
    y = 742
    for caption, value in rows:
        page.append(_text(56, y, 9, "R", caption))
        for line in wrap(value, 62) or [""]:
            page.append(_text(190, y, 11, "R", line))
            y -= 16
        y -= 4
    y -= 12
    page.append(_text(56, y, 11, "B", "Clinical notes"))
    for line in wrap(notes, 84):
        y -= 16
        page.append(_text(56, y, 11, "R", line))
    page.append(
        _text(56, 60, 8, "R", "Invented request for an invented patient. Nocturne phantoms.")
    )
    content = b"".join(page)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /R 5 0 R /B 6 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        font % b"Helvetica",
        font % b"Helvetica-Bold",
    ]
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, held in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, held)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
    )
    return bytes(out)
