"""What the pages of the settings are called, and what they are for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workstation.workflow.configuring import Connection


@dataclass(frozen=True, slots=True)
class PageWords:
    """Title, icon and sentence of a page."""

    title: str
    icon: str
    sentence: str


#: page of the declarations → its words
PAGES = {
    "Reader": PageWords("Reader", "reading", "Who you are to the sites, and in your reports."),
    "Services": PageWords(
        "Reading services", "service", "Where tasks and images come from and reports go to."
    ),
    "Display": PageWords(
        "Display", "image", "Text size and contrast leave the images alone; the rest is measured."
    ),
    "Viewer": PageWords("Images", "window", "How the images follow your hand."),
    "Report": PageWords("Report", "draft", "How drafts are kept, and what heads a report."),
    "Checks": PageWords(
        "Checks before signing",
        "checks",
        "Each warns and lets you sign. What must block a signature has no switch.",
    ),
    "Dictation": PageWords(
        "Dictation", "microphone", "Speech becomes text on this machine; no sound leaves it."
    ),
}
KEYS = PageWords("Keys", "keys", "Letters act on lists and images; Ctrl and F keys everywhere.")
MACHINE = PageWords("This machine", "info", "What nocturne doctor finds, and what to do about it.")


def words_of(page: str) -> PageWords:
    """The words of a page; one without any is called as it is declared."""
    return PAGES.get(page) or PageWords(page, "settings", "")


def entry_title(entry: Mapping[str, str]) -> str:
    """What an entry of a list is called."""
    return entry.get("name") or entry.get("id", "")


def service_details(entry: Mapping[str, str]) -> str:
    """The line below the name of a service."""
    login = {"basic": f"login as {entry.get('user', '')}", "bearer": "login by token"}.get(
        entry.get("auth", "none"), "no login"
    )
    dialect = entry.get("dialect", "standard")
    parts = [entry.get("url", ""), login]
    if dialect != "standard":
        parts.append(f"dialect {dialect}")
    if entry.get("certificate_authority"):
        parts.append("own certificate authority")
    return "   ".join(parts)


def site_details(entry: Mapping[str, str]) -> str:
    """The line below the name of a site."""
    calls = [each.strip() for each in entry.get("escalation", "").split(";") if each.strip()]
    parts = [entry.get("heading", ""), entry.get("telephone", "")]
    if calls:
        parts.append("calls " + ", then ".join(calls))
    return "   ".join(part for part in parts if part) or "nothing but the name"


def answered(found: Connection) -> str:
    """What a service said when it was tested."""
    tasks = {0: "no task waits", 1: "one task waits or is being read"}.get(
        found.tasks, f"{found.tasks} tasks wait or are being read"
    )
    studies = "its studies can be searched" if found.has_studies else "it lists no study yet"
    return f"The service answers: {tasks}, and {studies}."
