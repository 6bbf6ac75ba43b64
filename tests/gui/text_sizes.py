"""Text that is smaller than any text of the drawings (12 px) at the text size in force."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QWidget,
)

from workstation.ui import theme


def apply(scale: float) -> None:
    """Another text size for the whole application."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, scale=scale)
    QApplication.processEvents()


def too_small(part: QWidget) -> list[str]:
    """What of a part is written too small, or does not fit the line of its list."""
    least = theme.font(12).pixelSize()
    found = []
    for each in part.findChildren(QWidget):
        if not isinstance(each, QLabel | QAbstractButton | QLineEdit | QComboBox | QListWidget):
            continue
        if each.font().pixelSize() < least:
            found.append(f"{type(each).__name__} {each.accessibleName()}")
        if isinstance(each, QListWidget):
            items = [each.item(row) for row in range(each.count())]
            found += [
                f"line {item.text()}"
                for item in items
                if item.font().pixelSize() < least or item.sizeHint().height() < 2 * least
            ]
    return found
