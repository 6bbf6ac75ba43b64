"""Writes the keys page of the manual anew."""

from workstation.commands.keys_page import render
from workstation.commands.registry import load_all
from workstation.settings import resources

if __name__ == "__main__":
    (resources() / "manual" / "keys.md").write_text(render(load_all()), encoding="utf-8")
