"""The use cases that the windows are given; built by bootstrap, closed in its order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workstation.domain.clock import Clock
from workstation.domain.errors import ReaderError
from workstation.domain.identity import Reader
from workstation.domain.report_content import ReportContent
from workstation.settings import Settings
from workstation.workflow.calculators.model import Calculator
from workstation.workflow.certifying import Certifying
from workstation.workflow.claiming import Claiming
from workstation.workflow.configuring import Configuring
from workstation.workflow.critical import CriticalResults
from workstation.workflow.delivering import Delivering
from workstation.workflow.dictating import Dictating
from workstation.workflow.frame_cache import FrameCache
from workstation.workflow.hand_devices import HandDevices
from workstation.workflow.jobs import Jobs
from workstation.workflow.measuring import Measuring
from workstation.workflow.opening import Opening
from workstation.workflow.overlays import Overlays
from workstation.workflow.peer_review import PeerReviews
from workstation.workflow.presenting import Presenting
from workstation.workflow.reporting import Reporting
from workstation.workflow.retrieving import Retrieving
from workstation.workflow.signing import Signing
from workstation.workflow.spelling.speller import Spelling
from workstation.workflow.template_shelf import TemplateShelf
from workstation.workflow.trying_speech import TryingSpeech
from workstation.workflow.volume_loader import VolumeLoader
from workstation.workflow.worklist import Worklist


@dataclass(frozen=True, slots=True)
class Workbench:
    """Everything a reader can do, without a window and without knowing how it is done."""

    reader: Reader
    clock: Clock
    settings: Settings
    jobs: Jobs
    worklist: Worklist
    claiming: Claiming
    retrieving: Retrieving
    opening: Opening
    frames: FrameCache
    volumes: VolumeLoader
    presenting: Presenting
    overlays: Overlays
    measuring_for: Callable[[str], Measuring]
    reporting: Reporting
    signing: Signing
    certifying: Certifying
    delivering: Delivering
    critical: CriticalResults
    reviews: PeerReviews
    configuring: Configuring
    #: what a signed report says, by its SOP Instance UID; StoreDamaged where it was changed
    signed_content: Callable[[str], ReportContent]
    dictating: Dictating
    shelf: TemplateShelf
    spelling: Spelling
    hands: HandDevices
    trying: TryingSpeech
    #: (bytes used by studies, bytes free on the disk)
    store_usage: Callable[[], tuple[int, int]]
    calculators: tuple[Calculator, ...] = ()
    #: what could not be read at the start, to be told once
    notices: tuple[ReaderError, ...] = ()
