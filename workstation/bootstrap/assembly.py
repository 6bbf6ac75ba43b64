"""A workbench on a home folder and its reading services."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from workstation.bootstrap.setting_up import configuring
from workstation.bootstrap.signed import reader_of_signed
from workstation.bootstrap.sites import sites_of
from workstation.bootstrap.speech import SignedTexts, speech_parts, trial_parts
from workstation.bootstrap.spelling import spelling
from workstation.dicom.comparing import same_content, series_of
from workstation.dicom.sandbox import Sandbox
from workstation.dictation.hid_reader import HidReader
from workstation.domain.clock import Clock, utc_now
from workstation.domain.identity import PersonName, Reader, Role
from workstation.domain.reading_task import PriorStudy, ReadingTask
from workstation.domain.report import SectionKind
from workstation.domain.suv import SuvKind
from workstation.imaging.display_profile import DisplayProfile, measured
from workstation.services.endpoint import Endpoint
from workstation.services.fhir_report import fhir_document
from workstation.services.hl7_report import hl7_document
from workstation.services.service import ReadingService
from workstation.settings import Home, Settings, SettingsDamaged, resources
from workstation.storage import credentials
from workstation.storage.criticals import Criticals
from workstation.storage.database import Database
from workstation.storage.journal import Audit, Drafts, Leases, Marks, SeenTasks
from workstation.storage.outbox import Outbox
from workstation.storage.peer_reviews import PeerReviewStore
from workstation.storage.study_store import StudyStore
from workstation.storage.utterances import Utterances
from workstation.storage.vault import OpenVault
from workstation.workflow.calculators import all_calculators
from workstation.workflow.certifying import Certifying
from workstation.workflow.check_context import Surroundings
from workstation.workflow.checking import SWITCHES
from workstation.workflow.claiming import Claiming
from workstation.workflow.critical import CriticalResults
from workstation.workflow.delivering import Delivering
from workstation.workflow.dictating import Dictating
from workstation.workflow.forms import Forms
from workstation.workflow.frame_cache import FrameCache
from workstation.workflow.giving_way import DraftsThatGetRoom, GivingWay, ImagesThatGiveWay
from workstation.workflow.hand_devices import HandDevices
from workstation.workflow.jobs import Jobs
from workstation.workflow.macros import load as load_macros
from workstation.workflow.measuring import Measuring
from workstation.workflow.opening import Opening
from workstation.workflow.overlays import Overlays
from workstation.workflow.peer_review import PeerReviews
from workstation.workflow.prefetching import Prefetching
from workstation.workflow.presenting import Presenting
from workstation.workflow.reporting import Reporting
from workstation.workflow.retrieving import Retrieving
from workstation.workflow.second_reading import preliminary_of
from workstation.workflow.signing import Signing
from workstation.workflow.template_shelf import TemplateShelf
from workstation.workflow.templates import Templates
from workstation.workflow.trying_speech import TryingSpeech
from workstation.workflow.volume_loader import VolumeLoader
from workstation.workflow.workbench import Workbench
from workstation.workflow.worklist import Worklist


def reader_of(settings: Settings) -> Reader:
    """The reader of the settings, or a nameless one that nothing is assigned to."""
    return Reader(
        settings.text("reader.code") or "UNNAMED",
        PersonName(settings.text("reader.name") or "Reader"),
        settings.text("reader.organization"),
        settings.text("reader.station") or "NOCTURNE",
        Role(settings.text("reader.role")),
    )


class _MeasuringShelf:
    """One `Measuring` a study, however often it is opened; written before the end."""

    def __init__(self, marks: Marks, frames: FrameCache, jobs: Jobs) -> None:
        self._marks, self._frames, self._jobs = marks, frames, jobs
        self._lock = threading.Lock()
        self._held: dict[str, Measuring] = {}

    def __call__(self, study_uid: str) -> Measuring:
        with self._lock:
            if study_uid not in self._held:
                self._held[study_uid] = Measuring(study_uid, self._marks, self._frames, self._jobs)
            return self._held[study_uid]

    def flush(self) -> None:
        with self._lock:
            for each in self._held.values():
                each.flush()


def grey_display(settings: Settings) -> tuple[DisplayProfile | None, str]:
    """(the measured display, why its measures are of no use). Wrong measures must not keep the
    window with the settings shut."""
    try:
        return measured(settings), ""
    except SettingsDamaged:
        return None, "Grey is left to the display: its measures contradict one another"


@contextmanager
def assemble(
    home: Home,
    settings: Settings,
    endpoints: Sequence[Endpoint],
    *,
    reader: Reader,
    unhandled: Callable[[BaseException], None],
    clock: Clock = utc_now,
    background: bool = True,
) -> Iterator[Workbench]:
    """Build everything; `background` starts what runs by itself: worklist, prefetch, delivery.

    At the end all of it stops in the reverse order: drafts and marks are written first.
    """
    with ExitStack() as stack:
        database = Database(home.database)
        stack.callback(database.close)
        vault = OpenVault()
        store = StudyStore(home.studies, database, vault)
        drafts, leases = Drafts(database, vault), Leases(database)
        outbox, audit = Outbox(database, vault), Audit(database)
        signed_content = reader_of_signed(outbox, store)
        parallel = int(settings.number("services.parallel_downloads"))
        services = [ReadingService(each, parallel=parallel, clock=clock) for each in endpoints]
        for service in services:
            stack.callback(service.close)
        jobs = Jobs(unhandled)
        stack.callback(jobs.close)
        sandbox = Sandbox()
        stack.callback(sandbox.close)
        frames = FrameCache(
            store, sandbox, jobs, int(settings.number("display.frame_cache_mb")) << 20
        )
        measuring = _MeasuringShelf(Marks(database, vault), frames, jobs)
        stack.callback(measuring.flush)
        templates = Templates(resources() / "templates", home.templates)
        macros, macro_problem = load_macros(resources() / "macros" / "macros.toml", home.macros)
        opening = Opening(store, jobs, lambda: SuvKind(settings.text("viewer.suv")))
        stack.callback(opening.listen(lambda _: frames.study_grew()))
        held: list[Worklist] = []

        def priors_of(task: ReadingTask) -> tuple[PriorStudy, ...] | None:
            rows = held[0].rows() if held else ()
            found = next((r for r in rows if r.task.workitem_uid == task.workitem_uid), None)
            return found.priors if found is not None else None

        way = GivingWay(
            store,
            lambda: held[0] if held else None,
            deliveries=outbox.entries,
            drafts=drafts.saved_times,
            opened=opening.opened,
        )
        reporting = Reporting(
            DraftsThatGetRoom(drafts, way),
            templates,
            clock,
            delay_seconds=settings.number("report.autosave_seconds"),
            priors=priors_of,
            signed_content=signed_content,
            audit=audit.note,
            second_reading=lambda study: preliminary_of(study, reader, signed_content),
            macros=macros,
        )
        stack.callback(reporting.close)
        claiming = Claiming(services, leases, reader, clock)
        retrieving = Retrieving(
            services, ImagesThatGiveWay(store, way), parallel=parallel, unhandled=unhandled
        )
        stack.callback(retrieving.stop)
        worklist = Worklist(
            services,
            seen=SeenTasks(database, vault),
            images=store,
            drafts=drafts,
            deliveries=outbox,
            leases=leases,
            reader=reader,
            clock=clock,
            retrieval=retrieving.progress,
            poll_seconds=settings.number("services.poll_seconds"),
        )
        held.append(worklist)

        sites = sites_of(settings)
        certifying = Certifying(lambda: settings.text("reader.certificate"), credentials)
        critical = CriticalResults(
            Criticals(database, vault), clock, lambda name: sites.of(name).escalation
        )

        def required(name: str) -> frozenset[SectionKind]:
            template = templates.get(name)
            return template.required if template else frozenset()

        def around(task: ReadingTask) -> Surroundings:
            off = [key for key in SWITCHES if not settings.flag(f"checks.{key}")]
            patients = tuple(row.task.patient for row in worklist.rows())
            return Surroundings(priors_of(task), patients, frozenset(off))

        signing = Signing(
            outbox,
            store,
            reporting,
            lease=claiming.lease,
            progress=retrieving.progress,
            required=required,
            clock=clock,
            signed_content=signed_content,
            critical=critical.of,
            forms=Forms(frames, (fhir_document, hl7_document), sites.of, certifying),
            audit=audit.note,
            around=around,
        )
        delivering = Delivering(
            outbox,
            {service.service_id: service for service in services},
            claiming,
            reader=reader,
            clock=clock,
            same_content=same_content,
            series_of=series_of,
            unhandled=unhandled,
            audit=audit.note,
        )

        def tell_delivering() -> None:
            for state in worklist.service_states():
                if state.reachable and state.since is not None:
                    delivering.answers(state.id, state.since)

        worklist.listen(tell_delivering)
        for source in (claiming, retrieving, reporting, delivering, signing):
            source.listen(worklist.changed)

        def settle() -> None:
            # The signature has deleted the sound; by this no trace of it stays on the disk.
            jobs.submit(lambda _: database.settle())

        signing.listen(settle)
        dictating = Dictating(
            speech_parts(home, settings, macros),
            Utterances(database, vault),
            clock,
            SignedTexts(outbox, reader),
            reporting.flush,
        )
        stack.callback(dictating.close)
        hands = HandDevices(HidReader(), settings)
        stack.callback(hands.close)
        trying = TryingSpeech(trial_parts(home, settings))
        stack.callback(trying.cancel)

        def ready_to_decode() -> None:
            if worklist.rows():
                sandbox.start()

        if background:
            worklist.listen(ready_to_decode)
            worklist.start()
            stack.callback(worklist.stop)
            prefetching = Prefetching(worklist, retrieving)
            stack.callback(prefetching.stop)
            delivering.start()
            stack.callback(delivering.stop)
        yield Workbench(
            reader=reader,
            clock=clock,
            settings=settings,
            jobs=jobs,
            worklist=worklist,
            claiming=claiming,
            retrieving=retrieving,
            opening=opening,
            frames=frames,
            volumes=VolumeLoader(frames, jobs),
            presenting=Presenting(
                store, jobs, settings.number("display.pixel_pitch_mm"), *grey_display(settings)
            ),
            overlays=Overlays(store, sandbox),
            measuring_for=measuring,
            reporting=reporting,
            signing=signing,
            certifying=certifying,
            delivering=delivering,
            critical=critical,
            reviews=PeerReviews(PeerReviewStore(database, vault), reader, clock, audit.note),
            signed_content=signed_content,
            configuring=configuring(home, settings, outbox),
            dictating=dictating,
            shelf=TemplateShelf(templates, macros, resources() / "macros" / "macros.toml", home),
            spelling=spelling(home, templates, macros),
            hands=hands,
            trying=trying,
            store_usage=store.usage,
            calculators=all_calculators(resources() / "calculators"),
            notices=(*templates.problems, *([macro_problem] if macro_problem else [])),
        )
