"""A row of two parts that becomes a column where it has no room."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

from workstation.ui import theme


class TurningRow(QBoxLayout):
    """Words and what belongs to them: beside one another while the words keep `least` pixels of the
    drawings, else below. Its owner calls `fit` with the width it has."""

    def __init__(self, words: QLayout, side: QWidget, least: int) -> None:
        super().__init__(QBoxLayout.Direction.LeftToRight)
        self._side, self._least = side, least
        self.addLayout(words, 1)
        self.addWidget(side)

    @property
    def stacked(self) -> bool:
        """Whether the second part stands below the first."""
        return self.direction() == QBoxLayout.Direction.TopToBottom

    def fit(self, width: int) -> None:
        """Turn to what a width has room for."""
        taken = self._side.sizeHint().width() + self.spacing()
        beside = width - taken >= theme.px(self._least)
        sides = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self.direction() != sides:
            self.setDirection(sides)
