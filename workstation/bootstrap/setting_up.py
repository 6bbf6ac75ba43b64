"""Reading services out of the settings, with the keyring and the wire behind them."""

from __future__ import annotations

from collections.abc import Mapping

from workstation.bootstrap.examining import examine
from workstation.domain.delivery import DeliveryState
from workstation.domain.errors import ReaderError
from workstation.services.endpoint import BasicLogin, BearerLogin, Endpoint, Login, NoLogin
from workstation.services.service import ReadingService
from workstation.settings import Home, Settings
from workstation.storage import credentials
from workstation.storage.credentials import secret
from workstation.storage.outbox import Outbox
from workstation.workflow.configuring import Configuring


class ServiceMisconfigured(ReaderError):
    """The settings name a service that cannot be asked."""


def endpoint_of(entry: Mapping[str, str], given: str | None = None) -> Endpoint:
    """One service of the settings; its secret is `given`, or from keyring or environment."""
    identifier, kind = entry.get("id", ""), entry.get("auth", "none")

    def held(name: str) -> str:
        return secret(identifier, name) if given is None else given

    login: Login = NoLogin()
    if kind == "basic":
        login = BasicLogin(entry.get("user", ""), held("PASSWORD"))
    elif kind == "bearer":
        login = BearerLogin(lambda: held("TOKEN"))
    try:
        return Endpoint(
            identifier=identifier,
            name=entry.get("name", "") or identifier,
            url=entry.get("url", ""),
            login=login,
            dialect=entry.get("dialect", "standard"),
            certificate_authority=entry.get("certificate_authority", ""),
        )
    except ValueError as error:
        raise ServiceMisconfigured(
            f"The address of the service {identifier or '(without an id)'} cannot be used.",
            remedy="Correct it in the settings.",
        ) from error


def configuring(home: Home, settings: Settings, outbox: Outbox) -> Configuring:
    """What the settings window does with reading services and this machine."""

    def connect(entry: Mapping[str, str], given: str) -> ReadingService:
        return ReadingService(endpoint_of(entry, given), parallel=1)

    def waiting(service_id: str) -> int:
        return sum(
            1
            for each in outbox.entries()
            if each.service_id == service_id and each.state is not DeliveryState.DELIVERED
        )

    return Configuring(settings, credentials, connect, waiting, lambda: examine(home))
