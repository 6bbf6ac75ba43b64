"""The password of the reader's certificate, asked for where the signature waits for it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from workstation.ui import theme
from workstation.ui.parts import button, field


class PasswordRow(QWidget):
    """Hidden until it is asked for; what was typed is gone once it was handed over."""

    #: the password, and whether it goes into the keyring
    given = Signal(str, bool)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(6))
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        self.line = field("Password of your certificate", "Password of your certificate")
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.returnPressed.connect(self._give)
        row.addWidget(self.line, 1)
        use = button("Sign with it", small=True)
        use.clicked.connect(self._give)
        row.addWidget(use)
        column.addLayout(row)
        self.keep = QCheckBox("Keep it in the keyring of this system")
        column.addWidget(self.keep)
        self.hide()

    def ask(self) -> None:
        """Show the field, with the keyboard in it."""
        self.line.clear()
        self.show()
        self.line.setFocus()

    def leave(self) -> None:
        """Nothing is asked any more, nothing of it stays."""
        self.line.clear()
        self.hide()

    def _give(self) -> None:
        password = self.line.text()
        if password:
            self.leave()
            self.given.emit(password, self.keep.isChecked())
