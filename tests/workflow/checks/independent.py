"""Extracts written apart from the rules: `python -m tests.workflow.checks.independent [-v]`.

The rows of `corpus.tsv` grew together with the rules. Those of `independent.tsv` were written
before their writer had read a rule; those of `held_out.tsv` after the rules had been mended by the
first, those of `held_out_later.tsv` after they had been mended by both, and with other anatomy on
purpose. Each was run once, and then the rules were mended where they were wrong in principle, not
where they lacked a word. So what the checks do with words that nobody has seen yet is the first run
of each (recall, precision): seldom wrong, and blind to what their lexicon does not know.

    ================  ==============  ============  ==============  ===================
    check             before mending  held out      held out later  now, all three files
    ================  ==============  ============  ==============  ===================
    laterality        0.71, 0.94      0.80, 1.00    0.60, 1.00      0.94, 1.00
    sex               1.00, 0.76      1.00, 1.00    0.50, 1.00      0.94, 1.00
    contradiction     0.36, 0.80      0.88, 0.78    0.50, 0.80      1.00, 1.00
    comparison        0.54, 0.78      1.00, 0.60    1.00, 0.67      1.00, 1.00
    size              0.56, 0.91      0.60, 1.00    0.25, 1.00      0.89, 1.00
    patient           1.00, 0.90      1.00, 1.00    none            1.00, 1.00
    unfilled          0.36, 0.57      0.00, none    0.50, 1.00      1.00, 1.00
    impression        0.38, 1.00      1.00, 1.00    none            1.00, 1.00
    critical          0.50, 0.54      0.75, 1.00    0.67, 1.00      1.00, 1.00
    ================  ==============  ============  ==============  ===================

`unseen.tsv` was written by another hand, before a rule or an earlier extract was read, in the
words of the reports of many modalities. A digest of its words splits it: by the open half the
rules may be mended, the kept half is only counted (`-v` does not print it). Its first scores
(recall, precision), and those of the kept half after the rules were mended by the open one:

    ================  ===========  ===========  ===========
    check             open, first  kept, first  kept, now
    ================  ===========  ===========  ===========
    laterality        0.73, 0.89   0.61, 1.00   0.89, 1.00
    sex               0.62, 0.83   0.75, 0.82   1.00, 0.92
    contradiction     0.65, 0.93   0.50, 1.00   0.83, 1.00
    comparison        0.67, 1.00   0.67, 0.80   1.00, 1.00
    size              0.45, 1.00   0.43, 0.86   0.93, 0.93
    patient           0.60, 1.00   0.55, 0.86   1.00, 0.92
    unfilled          0.67, 0.86   0.67, 0.67   1.00, 1.00
    impression        1.00, 1.00   0.71, 1.00   1.00, 1.00
    critical          0.80, 0.89   0.83, 0.83   1.00, 0.92
    ================  ===========  ===========  ===========

One hand wrote both halves and mended the rules, and knew of the kept half what it remembered. So
the last column flatters. The first run of `unseen_later.tsv`, written after that with other anatomy
on purpose (temporomandibular joints, coronary and cardiac studies, bone scans, fetuses), is what
words get that nobody has seen: recall .74, precision .87 in all. Then the rules were mended by it
as well.

    ================  ===========
    check             first
    ================  ===========
    laterality        0.62, 1.00
    sex               0.83, 1.00
    contradiction     0.60, 0.86
    comparison        0.80, 0.80
    size              0.83, 1.00
    patient           1.00, 0.80
    unfilled          0.80, 0.80
    impression        1.00, 1.00
    critical          0.50, 0.60
    ================  ===========

`elsewhere` counts warnings on rows of other checks. The nine of the comparison are right: those
rows call something unchanged and name nothing to compare with. The rows are
reports of one woman (Lindqvist, Marta, 48213307) or man, read on 14 Mar 2026. `priors` are the
earlier studies that there are, all of them looked at; `laterality` is that of the images
(0020,0062); `others` are further patients of the worklist.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tests.workflow.images import frame
from workstation.domain.identity import Patient, PersonName, Sex
from workstation.domain.reading_task import PriorStudy, ReadingTask
from workstation.domain.report import Report, Section, SectionKind
from workstation.domain.study import DisplaySet, DisplaySetKind, Series, Study
from workstation.workflow.check_context import CheckContext, Surroundings
from workstation.workflow.checking import check
from workstation.workflow.critical import proposals

ROWS = {
    name: Path(__file__).with_name(f"{name}.tsv")
    for name in ("independent", "held_out", "held_out_later", "unseen_later")
}
#: The two halves of `unseen.tsv`: what the rules may be mended by, and what is seen as scores only.
UNSEEN = Path(__file__).with_name("unseen.tsv")
HALVES = {"unseen_open": 0, "unseen_kept": 1}
READ_ON = datetime(2026, 3, 14, 3, 0, tzinfo=UTC)
SEX = {"F": Sex.FEMALE, "M": Sex.MALE, "O": Sex.OTHER}
#: The check of a row, and the name that its finding carries before signing.
NAMES = {
    "laterality": "left and right",
    "sex": "organs and sex",
    "contradiction": "contradiction",
    "comparison": "comparison",
    "size": "sizes and units",
    "patient": "another patient",
    "unfilled": "open fields",
    "impression": "impression",
}
#: A wrong side may show as a contradiction, and a growth without a prior as a comparison.
TWINS = ({"laterality", "contradiction"}, {"unfilled", "impression"})


@dataclass(frozen=True)
class Extract:
    """One row: whether `check` has to speak, and why."""

    check: str
    flag: str
    sex: str
    procedure: str
    comparison: str
    findings: str
    impression: str
    why: str
    laterality: str
    priors: str
    others: str

    @property
    def wrong(self) -> bool:
        """Whether the extract holds the error."""
        return self.flag == "1"

    @property
    def _texts(self) -> tuple[str, str, str]:
        return self.comparison, self.findings, self.impression

    @property
    def half(self) -> int:
        """0 or 1, by a digest of the words: nobody chose."""
        words = "\n".join((self.check, self.procedure, *self._texts))
        return hashlib.sha256(words.encode()).digest()[0] % 2

    @property
    def report(self) -> Report:
        """As the reader has it in the editor."""
        kinds = (SectionKind.COMPARISON, SectionKind.FINDINGS, SectionKind.IMPRESSION)
        texts = [each.replace("\\n", "\n") for each in self._texts]
        sections = tuple(Section(kind, text) for kind, text in zip(kinds, texts, strict=True))
        return Report("r", "1.2", "1.3", sections=sections)

    @property
    def context(self) -> CheckContext:
        """What stands around it."""
        patient = Patient("48213307", PersonName("Lindqvist^Marta"), None, SEX[self.sex])
        task = ReadingTask("1.3", "a", "1.2", patient=patient, procedure=self.procedure)
        seen = replace(frame(0), laterality=self.laterality)
        shown = DisplaySet("1", DisplaySetKind.IMAGE, "1.2.3", 1, "", "CR", frames=(seen,))
        study = Study("1.2", patient, series=(Series("1.2.3", "CR", "", 1, display_sets=(shown,)),))
        priors = tuple(_prior(each) for each in self.priors.split("; ") if each)
        others = tuple(_other(each) for each in self.others.split("; ") if each)
        return CheckContext(
            task,
            study,
            None,
            (),
            {},
            frozenset(),
            looked_at=frozenset(each.study_instance_uid for each in priors),
            around=Surroundings(priors, others),
        )

    @property
    def spoken(self) -> frozenset[str]:
        """The checks that speak about it."""
        told = {finding.check for finding in check(self.report, self.context)}
        keys = {key for key, name in NAMES.items() if name in told}
        return frozenset(keys | ({"critical"} if proposals(self.report, ()) else set()))


def _prior(words: str) -> PriorStudy:
    modality, day = words.split(" ")
    when = datetime.fromisoformat(f"{day}T09:00:00+00:00")
    return PriorStudy(f"1.9.{day.replace('-', '')}", when, (modality,), "", 1)


def _other(words: str) -> Patient:
    name, number = words.split("\\")
    return Patient(number, PersonName(name))


def extracts(name: str) -> Iterator[Extract]:
    """The rows of one file, or of one half of `unseen.tsv`."""
    half = HALVES.get(name)
    with ROWS.get(name, UNSEEN).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            extract = Extract(**row)
            if half is None or extract.half == half:
                yield extract


@dataclass(frozen=True)
class Score:
    """Of one check: `missed` errors of its rows, `false` alarms on the rows of any check."""

    key: str
    wrong: int
    right: int
    found: int
    missed: tuple[Extract, ...]
    false: tuple[Extract, ...]
    elsewhere: tuple[Extract, ...]

    @property
    def recall(self) -> float:
        """Errors found of those there are."""
        return self.found / max(1, self.wrong)

    @property
    def precision(self) -> float:
        """Right alarms of all alarms on the rows that were written for this check."""
        return self.found / max(1, self.found + len(self.false))


def _twin(key: str, extract: Extract) -> bool:
    return extract.wrong and any({key, extract.check} <= pair for pair in TWINS)


def scores(name: str) -> list[Score]:
    """Each check over all rows of a file."""
    held = [(each, each.spoken) for each in extracts(name)]
    made = []
    for key in (*NAMES, "critical"):
        own = [(each, key in spoken) for each, spoken in held if each.check == key]
        others = [
            each
            for each, spoken in held
            if each.check != key and key in spoken and not _twin(key, each) and key != "critical"
        ]
        made.append(
            Score(
                key,
                sum(each.wrong for each, _ in own),
                sum(not each.wrong for each, _ in own),
                sum(each.wrong and said for each, said in own),
                tuple(each for each, said in own if each.wrong and not said),
                tuple(each for each, said in own if not each.wrong and said),
                tuple(others),
            )
        )
    return made


def table(name: str, verbose: bool) -> str:
    """Recall and precision of each check; `verbose` adds what was missed and wrongly said."""
    lines = [f"{name:<14}{'wrong':>6}{'right':>6}{'recall':>8}{'precision':>11}{'elsewhere':>11}"]
    rated = scores(name)
    lines += [
        f"{each.key:<14}{each.wrong:>6}{each.right:>6}{each.recall:>8.2f}"
        f"{each.precision:>11.2f}{len(each.elsewhere):>11}"
        for each in rated
    ]
    if verbose:
        for score in rated:
            groups = {"missed": score.missed, "false": score.false, "elsewhere": score.elsewhere}
            lines += [
                f"{score.key} {word} [{row.procedure}] {row.comparison}\n  {row.findings}\n"
                f"  {row.impression}\n  ({row.why})"
                for word, rows in groups.items()
                for row in rows
            ]
    return "\n".join(lines)


if __name__ == "__main__":
    verbose = "-v" in sys.argv[1:]
    told = [table(name, verbose and name != "unseen_kept") for name in (*ROWS, *HALVES)]
    sys.stdout.write("\n\n".join(told) + "\n")
