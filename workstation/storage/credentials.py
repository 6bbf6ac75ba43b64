"""Passwords and tokens: in the keyring of the system, or given by the environment; never in a
file of ours."""

from __future__ import annotations

import os
import re
from typing import Any

_SERVICE = "nocturne"


def _system() -> Any:
    """The keyring of the system. Imported late: it looks through all that is installed, and many
    services ask for no secret."""
    import keyring
    import keyring.errors

    return keyring


def variable(kind: str, service_id: str) -> str:
    """The environment variable that gives a secret."""
    return f"NOCTURNE_{kind}_{re.sub(r'[^A-Z0-9]', '_', service_id.upper())}"


def secret(service_id: str, kind: str) -> str:
    """The password or token of a service (`kind` is PASSWORD or TOKEN), or an empty text.

    NOCTURNE_PASSWORD_<ID> or NOCTURNE_TOKEN_<ID> wins, for machines without a keyring.
    """
    given = os.environ.get(variable(kind, service_id))
    if given is not None:
        return given
    keyring = _system()
    try:
        return str(keyring.get_password(_SERVICE, f"{service_id}/{kind}") or "")
    except keyring.errors.KeyringError:
        # No keyring on this machine: there is no secret here, and the login will be asked for.
        return ""


def remember(service_id: str, kind: str, value: str) -> bool:
    """Keep a secret in the keyring; False where the system has none."""
    keyring = _system()
    try:
        keyring.set_password(_SERVICE, f"{service_id}/{kind}", value)
    except keyring.errors.KeyringError:
        return False
    return True


def forget(service_id: str, kind: str) -> None:
    """Take a secret out of the keyring; nothing happens where there is none."""
    keyring = _system()
    try:
        if keyring.get_password(_SERVICE, f"{service_id}/{kind}") is not None:
            keyring.delete_password(_SERVICE, f"{service_id}/{kind}")
    except keyring.errors.KeyringError:
        # Without a keyring nothing was kept.
        return
