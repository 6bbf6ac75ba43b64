"""What a reader does with the report."""

from __future__ import annotations

from typing import Protocol

from workstation.commands.registry import Place, command


class ReportActions(Protocol):
    """The report as the commands of the window see it."""

    def sign_report(self) -> None: ...
    def show_checks(self) -> None: ...
    def focus_report(self) -> None: ...
    def fill_normal(self) -> None: ...
    def show_calculators(self) -> None: ...
    def note_critical(self) -> None: ...
    def score_prior(self) -> None: ...


class ReportFromImages(Protocol):
    """The report as the images reach it, without leaving them."""

    def insert_measurement(self) -> None: ...
    def next_field(self, steps: int) -> None: ...


class ReportWriting(Protocol):
    """The report as somebody who writes it reaches it."""

    def next_misspelling(self) -> None: ...
    def suggest_spelling(self) -> None: ...
    def insert_table(self) -> None: ...
    def judge_response(self) -> None: ...
    def to_note(self) -> None: ...
    def turn(self, steps: int) -> None: ...
    def show_measured(self) -> None: ...
    def find_words(self) -> None: ...
    def find_next(self, steps: int) -> None: ...
    def replace_words(self) -> None: ...
    def replace_all(self) -> None: ...


@command("report.sign", "Sign and send", keys=("Ctrl+Return",), where=Place.EVERYWHERE)
def sign_report(window: ReportActions) -> None:
    window.sign_report()


@command("report.checks", "Show what stands open", keys=("F8",), where=Place.EVERYWHERE)
def show_checks(window: ReportActions) -> None:
    window.show_checks()


@command("report.focus", "To the report", keys=("F6",), where=Place.EVERYWHERE)
def focus_report(window: ReportActions) -> None:
    window.focus_report()


@command(
    "report.normal", "Normal statements into the open fields", keys=("F9",), where=Place.EVERYWHERE
)
def fill_normal(window: ReportActions) -> None:
    window.fill_normal()


@command("report.calculators", "Calculators", keys=("Ctrl+K",), where=Place.EVERYWHERE)
def show_calculators(window: ReportActions) -> None:
    window.show_calculators()


@command(
    "report.score_prior",
    "Score a prior report of somebody else (RADPEER)",
    keys=("Ctrl+R",),
    where=Place.EVERYWHERE,
)
def score_prior(window: ReportActions) -> None:
    window.score_prior()


@command("report.insert", "Insert the newest measurement into the report", keys=("M",))
def insert_measurement(images: ReportFromImages) -> None:
    images.insert_measurement()


@command("report.next_field", "Next open field of the report", keys=("Tab",))
def next_field(images: ReportFromImages) -> None:
    images.next_field(1)


@command("report.previous_field", "Open field before", keys=("Shift+Tab",))
def previous_field(images: ReportFromImages) -> None:
    images.next_field(-1)


@command(
    "report.next_misspelling",
    "Next word that is spelt wrong, with others to choose from",
    keys=("Shift+F7",),
    where=Place.REPORT,
)
def next_misspelling(report: ReportWriting) -> None:
    report.next_misspelling()


@command(
    "report.suggest_spelling",
    "What the word at the cursor may mean",
    keys=("Ctrl+.",),
    where=Place.REPORT,
)
def suggest_spelling(report: ReportWriting) -> None:
    report.suggest_spelling()


@command(
    "report.find", "Find words in the text that is shown", keys=("Ctrl+F",), where=Place.REPORT
)
def find_words(report: ReportWriting) -> None:
    report.find_words()


@command("report.find_next", "Next place of the words", keys=("Ctrl+G",), where=Place.REPORT)
def find_next(report: ReportWriting) -> None:
    report.find_next(1)


@command("report.find_previous", "Place before", keys=("Ctrl+Shift+G",), where=Place.REPORT)
def find_previous(report: ReportWriting) -> None:
    report.find_next(-1)


@command(
    "report.replace",
    "Replace words: first the line for it, then place after place",
    keys=("Ctrl+H",),
    where=Place.REPORT,
)
def replace_words(report: ReportWriting) -> None:
    report.replace_words()


@command(
    "report.replace_all",
    "Replace the words wherever they stand whole",
    keys=("Ctrl+Shift+H",),
    where=Place.REPORT,
)
def replace_all(report: ReportWriting) -> None:
    report.replace_all()


@command(
    "report.table",
    "Table of what was measured, then and now",
    keys=("Ctrl+Shift+T",),
    where=Place.REPORT,
)
def insert_table(report: ReportWriting) -> None:
    report.insert_table()


@command(
    "report.response",
    "Tumour response (RECIST 1.1) from what was measured, then and now",
    keys=("Ctrl+Shift+R",),
    where=Place.REPORT,
)
def judge_response(report: ReportWriting) -> None:
    report.judge_response()


@command(
    "report.note",
    "To the reason of a correction, or the class of a discrepancy",
    keys=("Shift+F6",),
    where=Place.REPORT,
)
def to_note(report: ReportWriting) -> None:
    report.to_note()


@command(
    "report.next_tab",
    "Report, prior reports, request, calculators: the next",
    keys=("Ctrl+PgDown",),
    where=Place.REPORT,
)
def next_tab(report: ReportWriting) -> None:
    report.turn(1)


@command("report.previous_tab", "The one before", keys=("Ctrl+PgUp",), where=Place.REPORT)
def previous_tab(report: ReportWriting) -> None:
    report.turn(-1)


@command(
    "report.show_measured",
    "Show the measurement at the cursor in its image; again, the next one",
    keys=("Ctrl+J",),
    where=Place.REPORT,
)
def show_measured(report: ReportWriting) -> None:
    report.show_measured()
