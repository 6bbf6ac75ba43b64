"""Buttons: one primary per screen; a tool picks one, a switch turns something on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from workstation.ui import icons, theme

KINDS = ("", "primary", "quiet", "danger", "tool", "switch", "segment", "choice", "note")

#: There is no gap between icon and text in a QPushButton: two thin spaces make one.
_GAP = "\u2009\u2009"


class Button(QPushButton):
    """A button in one of `KINDS` that follows theme and text scale."""

    def __init__(self, text: str, icon: str, kind: str, key: str, height: int, color: str) -> None:
        super().__init__()
        if kind not in KINDS:
            raise ValueError(f"{kind} is no kind of button")
        self._sign, self._kind, self._key, self._height = icon, kind, key, height
        self._color = color or {"primary": "onprim", "danger": "stat"}.get(kind, "text2")
        self._words = text
        self.setProperty("kind", kind)
        self.setAutoDefault(False)
        self.set_words(text)
        self._measure()

    def set_words(self, text: str) -> None:
        """Change the text; the accessible name follows."""
        self._words = text
        self.setText((_GAP + text) if self._sign and text else text)
        if text:
            self.setAccessibleName(text)
            if self._key:
                self.setToolTip(f"{text}   {self._key}")

    @property
    def words(self) -> str:
        """The text as a reader reads it."""
        return self._words

    @property
    def key(self) -> str:
        """The key that does the same, as it stands on a key cap."""
        return self._key

    def set_sign(self, icon: str, color: str = "") -> None:
        """Another icon."""
        self._sign = icon
        self._color = color or self._color
        self._measure()

    def set_kind(self, kind: str) -> None:
        """Change what kind of button it is."""
        if kind != self._kind:
            self._kind = kind
            self._color = {"primary": "onprim", "danger": "stat"}.get(kind, "text2")
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)
            self._measure()

    def _measure(self) -> None:
        self.setFont(theme.font(13, 500))
        self.setFixedHeight(theme.px(self._height))
        if not self._words:
            self.setFixedWidth(theme.px(self._height))
        else:
            self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        if self._sign:
            self.setIcon(icons.icon(self._sign, self._color, 18))
            self.setIconSize(QSize(theme.px(18), theme.px(18)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def event(self, event: QEvent) -> bool:
        # Enter presses the button that has the focus before it is anybody's shortcut.
        if event.type() == QEvent.Type.ShortcutOverride and _is_enter(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_enter(event):
            self.click()
        else:
            super().keyPressEvent(event)


def _is_enter(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def button(
    text: str,
    icon: str | None = None,
    kind: str = "",
    key: str = "",
    *,
    small: bool = False,
    color: str = "",
) -> Button:
    """A button; `key` is only named in its tooltip, `small` is 28 px high for cards."""
    return Button(text, icon or "", kind, key, 28 if small else 32, color)


def tool(icon: str, tip: str, key: str = "", checkable: bool = False, kind: str = "tool") -> Button:
    """An icon alone: `kind` "tool" (picks one) or "switch" (on or off)."""
    made = Button("", icon, kind, key, 32, "")
    made.setToolTip(f"{tip}   {key}" if key else tip)
    made.setAccessibleName(tip)
    made.setCheckable(checkable or kind == "switch")
    return made
