"""Where a reading service is and how it is logged into."""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class NoLogin:
    """The service asks for nothing."""


@dataclass(frozen=True, slots=True)
class BasicLogin:
    """User name and password (RFC 7617)."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BearerLogin:
    """A token (RFC 6750). `token` is asked before every request: some sites issue tokens that
    live five minutes, and a download lasts longer."""

    token: Callable[[], str] = field(repr=False)


Login: TypeAlias = NoLogin | BasicLogin | BearerLogin


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One configured service.

    `url` is the DICOMweb root without a trailing slash. `station` is the AE title under which
    the workstation subscribes to events. `dialect` names a row of `dialects.DIALECTS`.
    """

    identifier: str
    name: str
    url: str
    login: Login = field(default_factory=NoLogin)
    dialect: str = "standard"
    station: str = "NOCTURNE"
    #: PEM file of the authority that this site uses instead of the system's
    certificate_authority: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"the address of the service {self.identifier} is not http or https")
        if parts.username or parts.password:
            raise ValueError("a login does not belong into the address")
        object.__setattr__(self, "url", self.url.rstrip("/"))

    @property
    def is_loopback(self) -> bool:
        """Whether it runs on this machine: then no proxy of the environment is asked."""
        host = urlsplit(self.url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    def headers(self) -> dict[str, str]:
        """The Authorization header of this moment, or none."""
        if isinstance(self.login, BasicLogin):
            pair = f"{self.login.user}:{self.login.password}".encode()
            return {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}
        if isinstance(self.login, BearerLogin):
            return {"Authorization": f"Bearer {self.login.token()}"}
        return {}
