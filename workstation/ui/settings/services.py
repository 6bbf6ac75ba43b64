"""Reading services: the entry, its login, and a test that asks the service itself."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from workstation.domain.errors import ReaderError
from workstation.settings import Setting, Settings
from workstation.ui import theme
from workstation.ui.job_bridge import JobBridge
from workstation.ui.parts import Field, MessageCard, button, label, sign
from workstation.ui.settings import wording
from workstation.ui.settings.entries import EntriesSection
from workstation.ui.settings.entry_form import EntryForm
from workstation.workflow.configuring import SECRETS, Configuring, Connection
from workstation.workflow.jobs import CancelToken, Job, Lane


class ServiceForm(EntryForm):
    """An entry with its secret. The test runs on a job thread and can be cancelled."""

    def __init__(
        self,
        setting: Setting,
        entry: Mapping[str, str],
        configuring: Configuring,
        bridge: JobBridge,
    ) -> None:
        title = wording.entry_title(entry) or "New reading service"
        super().__init__(setting.fields, entry, title, fixed="id")
        self._configuring, self._bridge = configuring, bridge
        self._new = not entry
        self._test: Job[Connection] | None = None
        self.secret = Field("", "Password or token", "")
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.returnPressed.connect(self.kept)
        self.add_line(
            "Password or token",
            "Kept in the keyring of the system, never in a file.",
            self.secret,
        )
        login = self.chooser("auth")
        login.currentTextChanged.connect(lambda _: self._fit())
        self.test_button = button("Test connection", "service")
        self.test_button.clicked.connect(self.test)
        self.buttons.insertWidget(0, self.test_button)
        self._running = QWidget()
        row = QHBoxLayout(self._running)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        row.addWidget(sign("queued", "text2", 16))
        self.step = label("", 13, color="text2")
        row.addWidget(self.step, 1)
        self.stop_button = button("Cancel the test", kind="quiet", small=True)
        self.stop_button.clicked.connect(self.stop)
        row.addWidget(self.stop_button)
        self.below.addWidget(self._running)
        self.result = label("", 13, 500, wrap=True)
        self.below.addWidget(self.result)
        self.failure = MessageCard("The service cannot be used as it is entered", "warning")
        self.below.addWidget(self.failure)
        for each in (self._running, self.result, self.failure):
            each.hide()
        self._fit()
        if not self._new:
            bridge.submit(lambda _cancel: configuring.has_secret(entry), on_done=self._secret_known)

    def _secret_known(self, known: bool) -> None:
        if known and self._alive():
            self.secret.setPlaceholderText("known; leave empty to keep it")

    def _alive(self) -> bool:
        return self.parent() is not None

    def _fit(self) -> None:
        kind = self.chooser("auth").currentText()
        self.line("user").setEnabled(kind == "basic")
        self.secret.setEnabled(kind in SECRETS)

    def entry(self) -> dict[str, str]:
        """The fields, with an identifier made from the name of a new service."""
        held = super().entry()
        if self._new:
            name = held.get("name", "") or held.get("url", "")
            held["id"] = self._configuring.free_identifier(name)
        if held.get("auth") != "basic":
            held.pop("user", None)
        return held

    def given_secret(self) -> str | None:
        """What was typed; None where the known secret stays."""
        return self.secret.text() or None

    # -- the test -----------------------------------------------------------------------------

    def test(self) -> None:
        """Ask the service as it is entered."""
        missing = self.missing()
        self.refuse(missing)
        if missing or self._test is not None:
            return
        entry, secret = self.entry(), self.given_secret()
        say = self._bridge.relay(self._say)

        def work(cancel: CancelToken) -> Connection:
            return self._configuring.test(entry, secret, say, cancel)

        self.result.hide()
        self.failure.hide()
        self._say("Connecting …")
        self._running.show()
        self.test_button.setEnabled(False)
        self.stop_button.setFocus()
        self._test = self._bridge.submit(
            work, lane=Lane.INTERACTION, on_done=self._answered, on_failed=self._failed
        )

    def stop(self) -> None:
        """Stop the test."""
        if self._test is not None:
            self._test.cancel()
            self._end_test()
            self._tell("The test was cancelled.")

    def _say(self, words: str) -> None:
        if self._alive():
            self.step.setText(words)

    def _end_test(self) -> None:
        self._test = None
        self._running.hide()
        self.test_button.setEnabled(True)
        self.test_button.setFocus()

    def _tell(self, words: str) -> None:
        self.result.setText(words)
        self.result.show()

    def _answered(self, found: Connection) -> None:
        if self._alive():
            self._end_test()
            self._tell(wording.answered(found))

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, ReaderError):
            raise error
        if self._alive():
            self._end_test()
            self.show_failure(error)

    def show_failure(self, error: ReaderError) -> None:
        """The sentence and the remedy of what does not work."""
        self.failure.show_error(error)
        self.failure.show()

    def abandon(self) -> None:
        """The form closes."""
        if self._test is not None:
            self._test.cancel()
            self._test = None


class ServicesSection(EntriesSection):
    """The list of services; what concerns the keyring runs on job threads."""

    def __init__(
        self, setting: Setting, settings: Settings, configuring: Configuring, bridge: JobBridge
    ) -> None:
        self._configuring, self._bridge = configuring, bridge
        super().__init__(setting, settings, "reading service", wording.service_details)

    def make_form(self, entry: Mapping[str, str], new: bool) -> EntryForm:
        return ServiceForm(self.setting, entry, self._configuring, self._bridge)

    def close_form(self) -> bool:
        if isinstance(self.form, ServiceForm):
            self.form.abandon()
        return super().close_form()

    def keep(self, form: EntryForm, at: int) -> None:
        if not isinstance(form, ServiceForm):
            raise TypeError("a service has a form of its own")
        if not form.keep.isEnabled():
            return  # it is being kept already
        entry, secret = form.entry(), form.given_secret()
        form.keep.setEnabled(False)

        def done(_: object) -> None:
            if self.form is form:
                self.close_form()

        def failed(error: BaseException) -> None:
            if not isinstance(error, ReaderError):
                raise error
            if self.form is form:
                form.keep.setEnabled(True)
                form.show_failure(error)

        self._bridge.submit(
            lambda _cancel: self._configuring.keep(entry, secret),
            lane=Lane.INTERACTION,
            on_done=done,
            on_failed=failed,
        )

    def remove(self, at: int) -> None:
        identifier = self.settings.entries(self.setting.key)[at].get("id", "")
        self._sure = -1

        def done(_: object) -> None:
            self.refuse("")
            self.show_value()

        def failed(error: BaseException) -> None:
            if not isinstance(error, ReaderError):
                raise error
            self.refuse(error.sentence())
            self.show_value()

        self._bridge.submit(
            lambda _cancel: self._configuring.remove(identifier),
            lane=Lane.INTERACTION,
            on_done=done,
            on_failed=failed,
        )
