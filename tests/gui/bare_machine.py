"""A child of test_scripts_on_the_screen: draws letters, and prints what became of them."""

from __future__ import annotations

import hashlib
import json
import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QImage, QPainter
from PySide6.QtWidgets import QApplication

from workstation.ui import theme


def drawn(text: str) -> str:
    """The picture of a text in the font of the program, as a digest."""
    picture = QImage(80, 80, QImage.Format.Format_Grayscale8)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    painter.setFont(theme.font(40))
    painter.drawText(picture.rect(), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return hashlib.sha256(picture.constBits()).hexdigest()


def main(letters: str) -> None:
    """Before the program's own fonts are there: how many families the system has."""
    app = QApplication([])
    before = [each for each in QFontDatabase.families() if not QFontDatabase.isPrivateFamily(each)]
    theme.apply(app)
    found = {each: drawn(each) for each in letters}
    sys.stdout.write(json.dumps({"families": before, "drawn": found, "blank": drawn(" ")}))


if __name__ == "__main__":
    main(sys.argv[1])
