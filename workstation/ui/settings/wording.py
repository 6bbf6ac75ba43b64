"""What the pages of the settings are called, and what they are for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workstation.domain.sound_check import SoundVerdict
from workstation.workflow.configuring import Connection
from workstation.workflow.trying_speech import TrialResult, TrialState


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


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """What is said of a recording, and what to do about it."""

    title: str
    advice: str = ""
    good: bool = False


VERDICTS = {
    SoundVerdict.GOOD: VerdictWords("Good: you can dictate like this.", good=True),
    SoundVerdict.NOTHING: VerdictWords(
        "No sound came.",
        "It is muted, or another microphone is meant: choose it below, and look at the level while"
        " you speak.",
    ),
    SoundVerdict.CLIPPED: VerdictWords(
        "Too loud: the loudest words are cut off.",
        "Turn its gain down in the system, or hold it a hand further away.",
    ),
    SoundVerdict.QUIET: VerdictWords(
        "Too quiet.", "Turn its gain up in the system, or hold it nearer to your mouth."
    ),
    SoundVerdict.NOISY: VerdictWords(
        "Noisy: your voice hardly stands out from the room.",
        "Hold it nearer, shut out fan and talk, or take a headset. If you were silent, another"
        " microphone may be meant.",
    ),
    SoundVerdict.STRANGE: VerdictWords(
        "The sound is good, but few of the words were recognised.",
        "Read exactly the sentence above. If you did, another microphone hears you, or another"
        " engine is better for your voice.",
    ),
}
TRIAL_STEPS = {
    TrialState.IDLE: "Read this sentence aloud as you would dictate it.",
    TrialState.LOADING: "The engine is being loaded; do not read yet.",
    TrialState.READING: "Read now.",
    TrialState.WRITING: "Writing what was heard …",
}


def trial_numbers(result: TrialResult) -> str:
    """Level, noise, words and delay in one line."""
    known = sum(word.heard for word in result.words)
    parts = [
        f"voice {result.levels.speech:.0f} dB",
        f"room {result.levels.noise:.0f} dB",
        f"{known} of {len(result.words)} words",
    ]
    if result.levels.clipped >= 0.0005:
        parts.append(f"{100 * result.levels.clipped:.1f} % cut off")
    if result.delay is not None:
        parts.append(f"text {max(0.0, result.delay):.1f} s after the last word")
    return "   ".join(parts)


TEMPLATES = PageWords(
    "Templates and macros", "draft", "What a report begins with, and what a few letters write."
)
KEYS = PageWords("Keys", "keys", "Letters act on lists and images; Ctrl and F keys everywhere.")
MACHINE = PageWords("This machine", "info", "What nocturne doctor finds, and what to do about it.")


#: Choices that the settings file knows by an abbreviation: key of the setting → choice → words.
CHOICES = {
    "viewer.suv": {
        "bw": "Body weight (bw)",
        "lbm": "Lean mass, James 120 (lbm)",
        "lbmjames128": "Lean mass, James 128",
        "lbmjanma": "Lean mass, Janmahasatian",
        "bsa": "Body surface (bsa)",
        "ibw": "Ideal weight (ibw)",
    },
}


def choice_words(key: str, choice: str) -> str:
    """A choice of a setting as it is read."""
    return CHOICES.get(key, {}).get(choice) or choice[:1].upper() + choice[1:]


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
