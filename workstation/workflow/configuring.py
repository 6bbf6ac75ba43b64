"""Reading services as the reader sets them up: the entry, its secret, and whether it answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from workstation.domain.errors import ReaderError
from workstation.settings import Settings
from workstation.workflow.jobs import CancelToken

Entry = Mapping[str, str]
#: what a login asks for: authentication → kind of secret
SECRETS = {"basic": "PASSWORD", "bearer": "TOKEN"}


class ConfigurationRefused(ReaderError):
    """What was entered cannot be kept; nothing was changed."""


class Credentials(Protocol):
    """Where secrets are kept."""

    def secret(self, service_id: str, kind: str, /) -> str: ...
    def remember(self, service_id: str, kind: str, value: str, /) -> bool: ...
    def forget(self, service_id: str, kind: str, /) -> None: ...
    def variable(self, kind: str, service_id: str, /) -> str: ...


class AskedService(Protocol):
    """A service that is only asked whether it answers."""

    def count_tasks(self, cancel: CancelToken, /) -> int: ...
    def has_studies(self, cancel: CancelToken, /) -> bool: ...
    def close(self) -> None: ...


class Finding(Protocol):
    """One thing that was looked at on this machine."""

    @property
    def name(self) -> str: ...
    @property
    def ok(self) -> bool: ...
    @property
    def words(self) -> str: ...
    @property
    def remedy(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Connection:
    """What a service that answers said: tasks that wait or are read there, and whether a search
    for studies found one."""

    tasks: int
    has_studies: bool


class Configuring:
    """Writes the services of the settings; `connect(entry, secret)` builds one that is tested.

    `waiting(service_id)` counts the signed reports that still have to reach a service.
    """

    def __init__(
        self,
        settings: Settings,
        credentials: Credentials,
        connect: Callable[[Entry, str], AskedService],
        waiting: Callable[[str], int],
        examine: Callable[[], Sequence[Finding]],
    ) -> None:
        self._settings, self._credentials = settings, credentials
        self._connect, self._waiting, self.examine = connect, waiting, examine

    def services(self) -> tuple[dict[str, str], ...]:
        """The entries as they stand in the settings."""
        return self._settings.services()

    def has_secret(self, entry: Entry) -> bool:
        """Whether a password or token is known. Slow where a keyring asks: never on the Qt
        thread."""
        kind = SECRETS.get(entry.get("auth", "none"))
        return kind is not None and bool(self._credentials.secret(entry.get("id", ""), kind))

    def free_identifier(self, name: str) -> str:
        """An identifier that no service has, made from a name."""
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "service"
        taken = {each.get("id", "") for each in self.services()}
        number, found = 2, plain
        while found in taken:
            found, number = f"{plain}-{number}", number + 1
        return found

    def keep(self, entry: Entry, secret: str | None) -> None:
        """Add the service, or take the place of the one with its id.

        `secret` None leaves the one that is known. ConfigurationRefused names what is wrong.
        """
        whole = {key: value.strip() for key, value in entry.items() if value.strip()}
        identifier = whole.get("id", "")
        for each in self.services():
            if each.get("url") == whole.get("url") and each.get("id") != identifier:
                raise ConfigurationRefused(
                    f"{each.get('name') or each.get('id')} has this address already.",
                    remedy="Change that service instead of adding a second one.",
                )
        # Built once, so that an address that cannot be used is said before anything is kept.
        self._connect(whole, secret or "").close()
        kind = SECRETS.get(whole.get("auth", "none"))
        if kind is not None and secret is not None:
            self._remember(identifier, kind, secret)
        for other in SECRETS.values():
            if other != kind:
                self._credentials.forget(identifier, other)
        held = list(self.services())
        places = [at for at, each in enumerate(held) if each.get("id") == identifier]
        if places:
            held[places[0]] = whole
        else:
            held.append(whole)
        self._write(tuple(held))

    def _remember(self, identifier: str, kind: str, secret: str) -> None:
        if not self._credentials.remember(identifier, kind, secret):
            raise ConfigurationRefused(
                "This system has no keyring that could hold the login.",
                means="The service was not changed: the login is never written into a file.",
                remedy="Set up a keyring, or leave the field empty and start Nocturne with"
                f" {self._credentials.variable(kind, identifier)} in its environment.",
            )

    def remove(self, identifier: str) -> None:
        """Take a service away, and its secret; refused while reports wait for it."""
        count = self._waiting(identifier)
        if count:
            raise ConfigurationRefused(
                f"{count} signed report{'s wait' if count > 1 else ' waits'} for this service.",
                means="Without it they could not be delivered.",
                remedy="Send them first, or settle them in the outbox.",
            )
        for kind in SECRETS.values():
            self._credentials.forget(identifier, kind)
        self._write(tuple(each for each in self.services() if each.get("id") != identifier))

    def _write(self, held: tuple[dict[str, str], ...]) -> None:
        try:
            self._settings.set("services", held)
        except ValueError as error:
            raise ConfigurationRefused(str(error), remedy="Correct the field.") from error
        except OSError as error:
            raise ConfigurationRefused(
                "The settings file cannot be written.",
                means="Nothing was changed.",
                remedy="Free room on the disk, or make the home folder writable.",
            ) from error

    def test(
        self, entry: Entry, secret: str | None, say: Callable[[str], None], cancel: CancelToken
    ) -> Connection:
        """Ask a service as it is entered; raises the typed error of what does not work."""
        kind = SECRETS.get(entry.get("auth", "none"))
        if secret is None and kind is not None:
            secret = self._credentials.secret(entry.get("id", ""), kind)
        service = self._connect(entry, secret or "")
        try:
            say("Asking for reading tasks …")
            tasks = service.count_tasks(cancel)
            cancel.raise_if_cancelled()
            say("Asking for studies …")
            return Connection(tasks, service.has_studies(cancel))
        finally:
            service.close()
