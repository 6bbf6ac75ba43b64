"""What demo and tour share: a home, the embedded service on some studies, a reader."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workstation import __version__
from workstation.domain.errors import ReaderError
from workstation.domain.identity import PersonName, Reader
from workstation.domain.reading_task import Performer
from workstation.services.endpoint import BearerLogin, Endpoint
from workstation.settings import Home, Settings

if TYPE_CHECKING:
    from workstation.local_service.running import RunningService

READER = Reader("AVIDAL", PersonName("Vidal^Ana"), "Nocturne demo reading", "NOCTURNE-DEMO")


@dataclass(frozen=True, slots=True)
class DemoService:
    """A running embedded service and the home of the workstation that reads from it."""

    home: Home
    settings: Settings
    endpoint: Endpoint
    url: str
    token: str
    service: RunningService
    #: where the tour looks: Study Instance UID → LPS mm, from the phantoms' truth
    targets: Mapping[str, tuple[float, float, float]]


@contextmanager
def demo_service(
    studies: Path | None, home: Path | None, *, only: tuple[str, ...] = ()
) -> Iterator[DemoService]:
    """Serve `studies`, or phantoms, with a token that nobody else knows.

    Without `home` everything lies in a folder that is removed at the end.
    """
    from workstation.local_service.ingest import serve_studies
    from workstation.local_service.running import RunningService

    with ExitStack() as stack:
        if home is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nocturne-")))
        else:
            folder = home
        place = Home.at(folder)
        if studies is None:
            studies = _phantoms(only)
        elif not studies.is_dir():
            raise ReaderError(
                f"{studies} is no folder.", remedy="Name the folder that holds the studies."
            )
        token = secrets.token_urlsafe(24)
        service = RunningService(place.root / "service", token=token)
        stack.callback(service.stop)
        serve_studies(service.store, studies, performer=Performer(READER.code, READER.name))
        url = service.start()
        yield DemoService(
            place,
            Settings(place.settings_file),
            Endpoint("demo", "Demo reading service", url, BearerLogin(lambda: token)),
            url,
            token,
            service,
            _targets(studies / "truth.json"),
        )


def _drawn_by() -> str:
    """A digest of the code that draws: after an update the studies of before are not served."""
    import workstation.phantoms as drawing

    digest = hashlib.sha256()
    for path in sorted(Path(drawing.__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def _phantoms(only: tuple[str, ...]) -> Path:
    """Phantoms of today, drawn once a day: their dates follow the day, so that the worklist is of
    tonight. They lie in the cache of the system; those of other days are removed."""
    from workstation.phantoms import write_all

    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "nocturne"
    name = f"phantoms-{__version__}-{_drawn_by()}-{datetime.now().astimezone():%Y%m%d}"
    if only:
        name += "-" + "-".join(only)
    folder = cache / name
    if (folder / "worklist.json").exists():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    for old in cache.glob("phantoms-*"):
        shutil.rmtree(old)
    # worklist.json is written last, in a folder that gets its name when it is whole.
    fresh = Path(tempfile.mkdtemp(prefix="drawing-", dir=cache))
    try:
        write_all(fresh, only=only)
        fresh.rename(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return folder


def _targets(truth: Path) -> dict[str, tuple[float, float, float]]:
    if not truth.exists():
        return {}
    held = json.loads(truth.read_text(encoding="utf-8"))["studies"]
    return {
        study["study_instance_uid"]: tuple(study["nodule"]["center_lps_mm"])
        for study in held.values()
        if "nodule" in study
    }
