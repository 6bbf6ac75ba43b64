"""Writes the settings page of the manual anew."""

from workstation.settings.home import resources
from workstation.settings.page import render

if __name__ == "__main__":
    (resources() / "manual" / "settings.md").write_text(render(), encoding="utf-8")
