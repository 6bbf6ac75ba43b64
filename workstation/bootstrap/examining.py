"""What this machine lacks, with what only the rooms of dictation know."""

from __future__ import annotations

from collections.abc import Callable

from workstation.bootstrap.engines import engines_words
from workstation.diagnostics import Finding
from workstation.diagnostics import examine as examine_machine
from workstation.dictation.hid_reader import Hidapi, HidPort, may_read, plugged_in, refused
from workstation.domain.clock import utc_now
from workstation.domain.errors import CertificateLocked, CertificateUnusable
from workstation.settings import Home, Settings, SettingsDamaged
from workstation.storage import credentials
from workstation.workflow.certifying import Certifying


def devices(make_port: Callable[[], HidPort] = Hidapi) -> Finding:
    """Pedals and dictation microphones that are plugged in, and whether this user may read them."""
    name = "Pedals and dictation microphones"
    try:
        found = plugged_in(make_port())
    except (ImportError, OSError) as error:
        return Finding(name, False, f"They cannot be looked for ({error}).", "Install hidapi.")
    for path, model in found:
        if not may_read(path):
            problem = refused(model, path)
            return Finding(name, False, problem.happened, problem.remedy)
    if not found:
        return Finding(name, True, "None that is known is plugged in.")
    return Finding(name, True, f"Plugged in: {', '.join(model.name for _, model in found)}.")


def _dictation(home: Home) -> tuple[Finding, ...]:
    try:
        settings = Settings(home.settings_file)
    except SettingsDamaged:
        return ()  # the finding about the settings says it
    return (Finding("Dictation", *engines_words(home, settings)), devices())


def _certificate(home: Home) -> tuple[Finding, ...]:
    """Whether the reader's certificate can sign; nothing where none is chosen."""
    try:
        settings = Settings(home.settings_file)
    except SettingsDamaged:
        return ()
    certifying = Certifying(lambda: settings.text("reader.certificate"), credentials)
    try:
        held = certifying.certificate()
        if held is None:
            return ()
        held.require_valid(utc_now())
    except CertificateLocked:
        words = "the certificate file is there; its password is asked for at the first signature"
        return (Finding("Certificate", True, words),)
    except CertificateUnusable as error:
        return (Finding("Certificate", False, error.happened, error.remedy),)
    until = held.not_after
    words = f"PDFs are signed as {held.holder}, until {until.day} {until:%b %Y}"
    return (Finding("Certificate", True, words),)


def examine(home: Home) -> tuple[Finding, ...]:
    """The findings of `nocturne doctor`."""
    return (*examine_machine(home), *_dictation(home), *_certificate(home))
