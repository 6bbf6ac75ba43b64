"""Settings are declared once and refuse what cannot be true."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workstation.settings import DECLARATIONS, Settings, SettingsDamaged


def test_an_undeclared_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        Settings().set("display.colour", "blue")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("display.text_percent", 60),
        ("display.text_percent", "large"),
        ("display.high_contrast", 1),
        ("viewer.left_drag", "rotate"),
        ("display.text_percent", True),
    ],
)
def test_a_value_out_of_its_declaration_is_refused(key: str, value: object) -> None:
    settings = Settings()
    with pytest.raises(ValueError, match=key):
        settings.set(key, value)  # type: ignore[arg-type]


def test_only_changed_values_are_written(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    settings = Settings(file)
    settings.set("display.text_percent", 150)
    settings.set("services.poll_seconds", 30)
    assert json.loads(file.read_text()) == {"display.text_percent": 150}
    assert Settings(file).number("display.text_percent") == 150


def test_services_survive_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    service = {"id": "a", "name": "A", "url": "https://a.example/dicom-web", "auth": "none"}
    Settings(file).set("services", (service,))
    assert Settings(file).services() == (service,)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"display.text_percent": 9999}', '{"x": 1}'])
def test_a_damaged_file_is_said_and_not_replaced(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.json"
    file.write_text(text)
    with pytest.raises(SettingsDamaged):
        Settings(file)
    assert file.read_text() == text


def test_every_default_obeys_its_own_declaration() -> None:
    for setting in DECLARATIONS:
        assert setting.problem(setting.default) == ""


def test_listeners_hear_the_key_that_changed() -> None:
    settings, heard = Settings(), []
    end = settings.listen(heard.append)
    settings.set("display.high_contrast", True)
    end()
    settings.set("display.high_contrast", False)
    assert heard == ["display.high_contrast"]
