"""Between the report panel and signing: what stands open, what will be signed, the signature."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from workstation.domain.errors import CertificateLocked, ReaderError
from workstation.domain.report import Report
from workstation.ui.job_bridge import JobBridge
from workstation.ui.report.images_beside import ImagesBeside
from workstation.ui.report.open_case import OpenCase
from workstation.ui.report.sign_panel import SignPanel, SignRequest
from workstation.ui.report.sign_request import sign_request
from workstation.workflow.checking import CheckContext
from workstation.workflow.dictating import Phase
from workstation.workflow.jobs import Job, Lane
from workstation.workflow.workbench import Workbench

#: How long nobody may have typed before the checks look again.
_LOOK_MS = 400


class SigningSide(QObject):
    """Checks the open case while it is written, and signs it. `case` gives it, or None.

    The checks run as jobs: their answer about a text that has changed meanwhile is never shown.
    """

    #: the draft was looked at: it, and how many checks stand open
    looked = Signal(object, int)
    #: what will be signed stands in the sign panel
    asked = Signal()
    #: the work item UID of what was signed
    signed = Signal(str)
    #: whether the report is being signed: nothing may be written into it
    sealed = Signal(bool)
    #: a sentence for the line below the images
    said = Signal(str)

    def __init__(
        self,
        panel: SignPanel,
        workbench: Workbench,
        bridge: JobBridge,
        images: ImagesBeside,
        case: Callable[[], OpenCase | None],
    ) -> None:
        super().__init__(panel)
        self._panel, self._workbench, self._bridge = panel, workbench, bridge
        self._images, self._case = images, case
        self._looking: Job[int] | None = None
        self._asking: Job[SignRequest] | None = None
        #: the draft whose words the sign panel shows
        self._shown: Report | None = None
        self._busy = False
        #: the reader was told that a sentence is still being heard
        self._told_of_speech = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        panel.sign.connect(self._sign)
        panel.password.given.connect(self._unlock)
        #: the signature that waits for the password of the certificate
        self._preliminary = False

    @property
    def busy(self) -> bool:
        """From the signature to its answer: nothing may touch the draft meanwhile."""
        return self._busy

    def _be_busy(self, busy: bool) -> None:
        self._busy = busy
        self.sealed.emit(busy)

    # -- what stands open ------------------------------------------------------------------

    def look_soon(self) -> None:
        """Look again once nobody types."""
        self._timer.start()

    def look(self) -> None:
        """Count what stands open."""
        # While it is being signed the draft belongs to the thread that signs, and ends there.
        case = self._case()
        if case is None or self.busy:
            return
        report, context = self.draft(case), self._context(case)
        check = self._workbench.signing.check

        def counted(count: int) -> None:
            if self._looking is job and self._still(report):
                self.looked.emit(report, count)

        if self._looking is not None:
            self._looking.cancel()
        job = self._bridge.submit(lambda _: len(check(report, context)), on_done=counted)
        self._looking = job

    def _still(self, report: Report) -> bool:
        """Whether the draft that is open still reads like `report`."""
        case = self._case()
        if case is None or self.busy or case.report.identifier != report.identifier:
            return False
        return self.draft(case).sections == report.sections

    def draft(self, case: OpenCase) -> Report:
        """The newest content of the draft."""
        return self._workbench.reporting.current(case.report.identifier)

    def _context(self, case: OpenCase) -> CheckContext:
        return self._workbench.signing.context(
            case.task,
            case.study,
            case.measuring,
            self._images.unread_series(),
            case.report.template,
            self._images.priors_looked_at(),
        )

    # -- the signature ---------------------------------------------------------------------

    def ask(self, words: str = "") -> None:
        """Put into the sign panel what will be signed, and why it was not yet; `asked` tells when
        it stands there."""
        case = self._case()
        if case is None or self.busy:
            return
        bench, report, context = self._workbench, self.draft(case), self._context(case)
        keys = len(case.measuring.key_images())

        def made(_: object) -> SignRequest:
            sections = bench.signing.final_sections(report, context)
            found = bench.signing.check(report, context)
            return sign_request(bench, case.task, report, sections, found, keys)

        def show(request: SignRequest) -> None:
            if self._asking is not job or self.busy:
                return
            if not self._still(report):
                self.ask(words)
                return
            self._shown, self._told_of_speech = report, False
            self._panel.show_request(request)
            self._panel.set_busy(False, words)
            self.asked.emit()

        if self._asking is not None:
            self._asking.cancel()
        job = self._bridge.submit(made, lane=Lane.INTERACTION, on_done=show)
        self._asking = job

    def leave(self) -> None:
        """The case is left."""
        for job in (self._looking, self._asking):
            if job is not None:
                job.cancel()
        self._looking = self._asking = self._shown = None
        self._be_busy(False)
        self._panel.forget()

    def _sign(self, preliminary: bool) -> None:
        case = self._case()
        if case is None or self.busy or self._shown is None:
            return
        if [s.text for s in self.draft(case).sections] != [s.text for s in self._shown.sections]:
            # Words that were still being heard have come: nobody has seen them here.
            self.ask("The text has changed since it was shown. Look at it again.")
            return
        if self._still_heard():
            return
        self._be_busy(True)
        self._preliminary = preliminary
        self._timer.stop()
        self._panel.password.leave()
        self._panel.set_busy(True, "Signing ...")
        report, context = self.draft(case), self._context(case)
        reader = self._workbench.reader

        def failed(error: BaseException) -> None:
            if self._is_open(case):
                self._not_signed(error)
            elif isinstance(error, ReaderError):
                # Who signed and went on to another case takes this one for done.
                named = f"{case.task.procedure} of {case.task.patient.name.display}".strip()
                self.said.emit(f"NOT SIGNED, a draft still: {named}. {error.sentence()}")
            else:
                raise error

        self._bridge.submit(
            lambda _: self._workbench.signing.sign(
                report, context, preliminary=preliminary, reader=reader
            ),
            on_done=lambda _: self.signed.emit(case.task.workitem_uid),
            on_failed=failed,
        )

    def _still_heard(self) -> bool:
        """A sentence that is being written belongs into what is signed: it is waited for, and said
        once. Who signs again signs without it; it is kept for when the case is opened again."""
        dictating = self._workbench.dictating
        if dictating.phase is Phase.IDLE or self._told_of_speech:
            return False
        dictating.release()
        self._told_of_speech = True
        self._panel.set_busy(False, "A sentence is still being heard: it will stand here first.")
        return True

    def _is_open(self, case: OpenCase) -> bool:
        now = self._case()
        return now is not None and now.report.identifier == case.report.identifier

    def _not_signed(self, error: BaseException) -> None:
        if not isinstance(error, ReaderError):
            raise error
        self._be_busy(False)
        self._panel.set_busy(False, error.sentence())
        if isinstance(error, CertificateLocked):
            self._panel.password.ask()

    def _unlock(self, password: str, keep: bool) -> None:
        """Open the certificate, then sign as was asked."""
        case = self._case()
        if case is None or self.busy:
            return
        self._be_busy(True)
        self._panel.set_busy(True, "Opening your certificate ...")

        def opened(kept: bool) -> None:
            if not self._is_open(case):
                return  # another case is open: it was not asked to be signed
            self._be_busy(False)
            if not kept:
                self.said.emit("This system has no keyring: the password is asked for again.")
            self._sign(self._preliminary)

        self._bridge.submit(
            lambda _: self._workbench.certifying.unlock(password, keep=keep),
            on_done=opened,
            on_failed=self._not_signed,
        )
