"""Lists of entries are checked like single values."""

from __future__ import annotations

import pytest

from workstation.services.dialects import DIALECTS
from workstation.settings import DECLARATIONS, Settings

SERVICES = next(each for each in DECLARATIONS if each.key == "services")


def test_the_dialects_of_the_settings_are_those_of_the_services() -> None:
    declared = next(each for each in SERVICES.fields if each.key == "dialect")
    assert set(declared.choices) == set(DIALECTS)


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"id": "a"}, "lacks its url"),
        ({"id": "a", "url": "https://a.example", "dialct": "azure"}, "knows no dialct"),
        ({"id": "a", "url": "https://a.example", "dialect": "orthanc"}, "is one of standard"),
        ({"id": "a", "url": "https://a.example", "auth": 1}, "object of texts"),
    ],
)
def test_a_wrong_entry_is_refused_in_words(entry: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Settings().set("services", (entry,))
