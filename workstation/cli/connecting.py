"""What the network verbs share: which services, which login, which home."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from workstation.domain.errors import ReaderError
from workstation.services.dialects import DIALECTS

if TYPE_CHECKING:
    from workstation.services.endpoint import Endpoint
    from workstation.services.service import ReadingService
    from workstation.settings import Settings
    from workstation.storage.study_store import StudyStore
    from workstation.workflow.worklist import Worklist

# What a verb works with is imported where it works: `--help` needs none of it, and it is a second
# of processor time.


class NoServices(ReaderError):
    """Nothing is configured to ask."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options by which a verb is told of one service; without them the settings count."""
    parser.add_argument("--service", metavar="URL", help="DICOMweb root of one reading service")
    parser.add_argument("--user", default="", help="user name at that service")
    parser.add_argument("--password", default="", help="its password")
    parser.add_argument("--token", default="", help="a bearer token in place of a password")
    parser.add_argument(
        "--dialect", default="", choices=["", *DIALECTS], help="how that service spells UPS-RS"
    )


def endpoints(arguments: argparse.Namespace, settings: Settings) -> list[Endpoint]:
    """The service of the options, or those of the settings; NoServices where there is none."""
    from workstation.bootstrap import endpoint_of
    from workstation.services.endpoint import BasicLogin, BearerLogin, Endpoint, Login, NoLogin

    configured = [endpoint_of(each) for each in settings.services()]
    if not arguments.service:
        if not configured:
            raise NoServices(
                "No reading service is configured.",
                remedy="Name one with --service URL, or add it in the settings.",
            )
        return configured
    url = arguments.service.rstrip("/")
    known = next((each for each in configured if each.url == url), None)
    parts = urlsplit(url)
    login: Login = known.login if known else NoLogin()
    if arguments.token:
        token = arguments.token
        login = BearerLogin(lambda: token)
    elif arguments.user:
        login = BasicLogin(arguments.user, arguments.password)
    try:
        return [
            Endpoint(
                identifier=known.identifier if known else f"{parts.hostname}-{parts.port or 443}",
                name=known.name if known else parts.hostname or url,
                url=url,
                login=login,
                dialect=arguments.dialect or (known.dialect if known else "standard"),
                certificate_authority=known.certificate_authority if known else "",
            )
        ]
    except ValueError as error:
        raise NoServices(
            f"{arguments.service} is no address of a service.",
            remedy="It begins with http:// or https://.",
        ) from error


@dataclass(frozen=True)
class Desk:
    """What a network verb works with."""

    settings: Settings
    services: tuple[ReadingService, ...]
    store: StudyStore
    worklist: Worklist
    parallel: int


@contextmanager
def desk(arguments: argparse.Namespace) -> Iterator[Desk]:
    """Open the home and the services; everything is closed at the end."""
    from workstation.bootstrap import reader_of
    from workstation.domain.clock import utc_now
    from workstation.services.service import ReadingService
    from workstation.settings import Home, Settings
    from workstation.storage.database import Database
    from workstation.storage.journal import Drafts, Leases, SeenTasks
    from workstation.storage.outbox import Outbox
    from workstation.storage.study_store import StudyStore
    from workstation.storage.vault import OpenVault
    from workstation.workflow.worklist import Worklist

    home = Home.at(arguments.home)
    settings = Settings(home.settings_file)
    wanted = endpoints(arguments, settings)
    parallel = int(settings.number("services.parallel_downloads"))
    with ExitStack() as stack:
        database = Database(home.database)
        stack.callback(database.close)
        vault = OpenVault()
        store = StudyStore(home.studies, database, vault)
        services = tuple(ReadingService(each, parallel=parallel) for each in wanted)
        for service in services:
            stack.callback(service.close)
        yield Desk(
            settings,
            services,
            store,
            Worklist(
                services,
                seen=SeenTasks(database, vault),
                images=store,
                drafts=Drafts(database, vault),
                deliveries=Outbox(database, vault),
                leases=Leases(database),
                reader=reader_of(settings),
                clock=utc_now,
            ),
            parallel,
        )


def require_an_answer(worklist: Worklist) -> None:
    """Raise the sentence of the first service when none of them answered."""
    failure = worklist.failure()
    if failure is not None:
        raise failure
