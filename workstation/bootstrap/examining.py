"""What this machine lacks, with what only the rooms of dictation know."""

from __future__ import annotations

from workstation.bootstrap.engines import engines_words
from workstation.diagnostics import Finding
from workstation.diagnostics import examine as examine_machine
from workstation.settings import Home, Settings, SettingsDamaged


def _dictation(home: Home) -> tuple[Finding, ...]:
    try:
        settings = Settings(home.settings_file)
    except SettingsDamaged:
        return ()  # the finding about the settings says it
    return (Finding("Dictation", *engines_words(home, settings)),)


def examine(home: Home) -> tuple[Finding, ...]:
    """The findings of `nocturne doctor`."""
    return (*examine_machine(home), *_dictation(home))
