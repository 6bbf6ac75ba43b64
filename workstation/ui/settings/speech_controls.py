"""Controls of the page Dictation: a microphone by its name, and where a model lies."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QListView, QWidget

from workstation.domain.errors import ReaderError
from workstation.settings import Setting, Settings, Value
from workstation.ui import theme
from workstation.ui.dictation.microphone import Microphone
from workstation.ui.parts import Field, button
from workstation.ui.parts.following import follow
from workstation.ui.settings.controls import Refuse, Take

_PREFERRED = "The one that the system prefers"


class MicrophoneChooser(QComboBox):
    """The microphones of this machine; asked for when the list is opened, not before."""

    def __init__(self, setting: Setting, take: Take, refuse: Refuse) -> None:
        super().__init__()
        self._take, self._refuse = take, refuse
        self._looked = False
        self.setView(QListView())
        follow(self, self._measure)
        self.setAccessibleName(setting.title)
        self.activated.connect(lambda _: take(self.currentData() or ""))
        self._fill((), "")

    def _measure(self) -> None:
        self.setFont(theme.font(13, 500))
        self.setFixedWidth(theme.px(280))

    def _fill(self, names: tuple[str, ...], chosen: str) -> None:
        self.clear()
        self.addItem(_PREFERRED, "")
        for name in names if chosen in ("", *names) else (*names, chosen):
            self.addItem(name if name in names or not self._looked else f"{name} (gone)", name)
        self.setCurrentIndex(max(0, self.findData(chosen)))

    def look(self) -> None:
        """Ask the system which microphones there are."""
        chosen = str(self.currentData() or "")
        try:
            names = Microphone.names()
        except ReaderError as error:
            self._refuse(error.sentence())
            return
        self._looked = True
        self._refuse("" if names else "This machine has no microphone.")
        self._fill(names, chosen)

    def show_value(self, value: Value) -> None:
        """What is in force."""
        name = str(value)
        if self.findData(name) < 0:
            self.addItem(name, name)
        self.setCurrentIndex(self.findData(name))

    def showPopup(self) -> None:
        """Anew each time: microphones come and go."""
        self.look()
        super().showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not self._looked:
            self.look()
        super().keyPressEvent(event)


class ModelPath(QWidget):
    """A path that is written, or chosen: a file for whisper.cpp, a folder for the others."""

    def __init__(self, setting: Setting, take: Take, settings: Settings) -> None:
        super().__init__()
        self._take, self._settings = take, settings
        self._shown = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        self.field = Field("not set", setting.title, "")
        follow(self.field, lambda: self.field.setFixedWidth(theme.px(200)))
        self.field.editingFinished.connect(self._finished)
        row.addWidget(self.field)
        self.browse = button("Choose", small=True)
        self.browse.clicked.connect(self._browse)
        row.addWidget(self.browse)
        self.setFocusProxy(self.field)

    def show_value(self, value: Value) -> None:
        """What is in force; its end where it is long."""
        self._shown = str(value)
        self.field.setText(self._shown)
        self.field.setToolTip(self._shown)

    def _finished(self) -> None:
        if self.field.text().strip() != self._shown:
            self._take(self.field.text().strip())

    def _browse(self) -> None:
        dialog = QFileDialog(self, "A model for dictation", self._shown)
        file = self._settings.text("dictation.engine") == "whisper.cpp"
        dialog.setFileMode(
            QFileDialog.FileMode.ExistingFile if file else QFileDialog.FileMode.Directory
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._take)
        dialog.open()
