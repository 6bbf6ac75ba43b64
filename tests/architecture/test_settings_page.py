"""The settings page of the manual is generated and current."""

from __future__ import annotations

from workstation.settings import resources
from workstation.settings.page import render


def test_the_settings_page_is_current() -> None:
    page = resources() / "manual" / "settings.md"
    assert page.read_text(encoding="utf-8") == render(), "run python -m workstation.settings"
