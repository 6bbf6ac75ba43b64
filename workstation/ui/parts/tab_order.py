"""The order in which Tab goes through what was made after the window.

Qt puts every new part behind all others of its window, which is behind the images: they keep Tab
for themselves, so that nobody would get there by keys.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def follow(before: QWidget, body: QWidget) -> None:
    """Let Tab go from `before` through what takes the keyboard in `body`, as it was laid out."""
    last, window = before, before.window()
    for each in body.findChildren(QWidget):
        # The list of a combo box is a window of its own.
        reached = each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.window() is window
        if reached and each.focusProxy() is None:
            QWidget.setTabOrder(last, each)
            last = each
