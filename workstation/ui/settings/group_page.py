"""One page of declared settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from PySide6.QtWidgets import QHBoxLayout, QWidget

from workstation.imaging.display_profile import measured
from workstation.settings import Setting, Settings
from workstation.ui import theme
from workstation.ui.job_bridge import JobBridge
from workstation.ui.parts import button
from workstation.ui.settings import wording
from workstation.ui.settings.controls import ControlMaker, control_for
from workstation.ui.settings.entries import EntriesSection
from workstation.ui.settings.frame import PageFrame
from workstation.ui.settings.row import SettingRow
from workstation.ui.settings.services import ServicesSection
from workstation.workflow.configuring import Configuring


class GroupPage(PageFrame):
    """Every setting of a page of the declarations, each in a row of its own.

    `controls` make the control of a setting that its type alone does not tell.
    """

    def __init__(
        self,
        page: str,
        declared: Sequence[Setting],
        settings: Settings,
        configuring: Configuring,
        bridge: JobBridge,
        controls: Mapping[str, ControlMaker] = MappingProxyType({}),
    ) -> None:
        words = wording.words_of(page)
        super().__init__(words.title, words.sentence)
        self._page = page
        self.rows: dict[str, SettingRow] = {}
        self.sections: dict[str, EntriesSection] = {}

        def check() -> None:
            measured(settings)

        for each in declared:
            if each.key == "services":
                self.sections[each.key] = ServicesSection(each, settings, configuring, bridge)
            elif each.fields:
                self.sections[each.key] = EntriesSection(
                    each, settings, "site", wording.site_details
                )
            else:
                self.rows[each.key] = SettingRow(
                    each, settings, check, controls.get(each.key, control_for)
                )
            self.column.addWidget(self._widget(each.key))
        self._reset = button("Reset this page", "reset", "quiet")
        self._reset.clicked.connect(self.reset)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, theme.px(12), 0, 0)
        foot.addStretch(1)
        foot.addWidget(self._reset)
        self.column.addLayout(foot)
        self.column.addStretch(1)
        self._reset.setVisible(bool(self.rows))
        self._reset.setToolTip("Lists of entries stay as they are")
        self._fit()

    def _widget(self, key: str) -> QWidget:
        return self.rows.get(key) or self.sections[key]

    def _fit(self) -> None:
        self._reset.setEnabled(any(row.reset.isEnabled() for row in self.rows.values()))

    def show_value(self, key: str) -> None:
        """A setting has changed, here or elsewhere."""
        if key in self.rows:
            self.rows[key].show_value()
        elif key in self.sections:
            self.sections[key].show_value()
        self._fit()

    def reset(self) -> None:
        """All single values back to their defaults."""
        for row in self.rows.values():
            if row.reset.isEnabled():
                row.set_default()

    def filter(self, needle: str) -> int:
        """Show what matches alone; the number of matches."""
        hits = 0
        for key in (*self.rows, *self.sections):
            widget = self._widget(key)
            held = self.rows[key].setting if key in self.rows else self.sections[key].setting
            texts = [self.title, held.title, held.description, held.key, *held.choices]
            texts += [text for each in held.fields for text in (each.title, each.description)]
            found = needle.lower() in " ".join(texts).lower()
            widget.setVisible(found)
            hits += found
        self._reset.setVisible(bool(self.rows) and not needle)
        return hits

    def close_form(self) -> bool:
        """Close the form that is open, if one is."""
        return any(each.close_form() for each in self.sections.values())
