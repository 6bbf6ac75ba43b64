"""The rows of the list as Qt asks for them: groups by time left, or flat when sorted otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from workstation.ui.worklist import wording
from workstation.workflow.worklist_rows import WorklistRow

Index: TypeAlias = QModelIndex | QPersistentModelIndex

#: The entry of a row, for the delegate.
ENTRY = int(Qt.ItemDataRole.UserRole)


class Column(IntEnum):
    """In their order on the screen."""

    PRIORITY = 0
    DUE = 1
    PATIENT = 2
    STUDY = 3
    SITE = 4
    PRIORS = 5
    DISK = 6
    STATE = 7


TITLES = {
    Column.PRIORITY: "Priority",
    Column.DUE: "Due in",
    Column.PATIENT: "Patient",
    Column.STUDY: "Study",
    Column.SITE: "Site",
    Column.PRIORS: "Priors",
    Column.DISK: "On this disk",
    Column.STATE: "State",
}


@dataclass(frozen=True, slots=True)
class Group:
    """The heading of a group; nothing to select."""

    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Case:
    """A row as it reads at one moment, so that what has changed can be seen by comparing."""

    row: WorklistRow
    due: str
    due_tone: str
    new: bool
    today: datetime

    @property
    def uid(self) -> str:
        return self.row.task.workitem_uid

    def cell(self, column: Column) -> str:
        """The text of a cell, for screen readers and for comparing."""
        row, task = self.row, self.row.task
        match column:
            case Column.PRIORITY:
                return ("New, " if self.new else "") + task.priority.name
            case Column.DUE:
                return self.due
            case Column.PATIENT:
                details = wording.identity_text(task.patient, self.today.date())
                return f"{task.patient.name.display}\n{details}"
            case Column.STUDY:
                return f"{task.modality}\n{task.procedure}\n{task.reason}"
            case Column.SITE:
                return task.site
            case Column.PRIORS:
                return wording.priors_text(row)
            case Column.DISK:
                return wording.disk_words(row).text
            case Column.STATE:
                words = wording.state_words(row)
                return f"{words.first}\n{words.second}"


Entry: TypeAlias = Group | Case

#: What a click on a header sorts by.
_SORT: dict[Column, Callable[[Case], Any]] = {
    Column.PRIORITY: lambda case: case.row.task.reading_order,
    Column.DUE: lambda case: case.row.task.reading_order[1:],
    Column.PATIENT: lambda case: case.row.task.patient.name.display.casefold(),
    Column.STUDY: lambda case: (case.row.task.modality, case.row.task.procedure.casefold()),
    Column.SITE: lambda case: case.row.task.site.casefold(),
    Column.PRIORS: lambda case: -len(case.row.priors or ()),
    Column.DISK: lambda case: -(case.row.here / max(1, case.row.expected or 1)),
    Column.STATE: lambda case: wording.state_words(case.row).first,
}


def arrange(
    cases: Sequence[Case], column: Column, descending: bool, now: datetime
) -> tuple[Entry, ...]:
    """Cases in the asked order, under headings by time left when they stand by time."""
    if column is not Column.DUE or descending:
        return tuple(sorted(cases, key=_SORT[column], reverse=descending))
    groups: dict[tuple[int, str], list[Case]] = {}
    for case in sorted(cases, key=_SORT[Column.DUE]):
        groups.setdefault(wording.group_of(case.row.task, now), []).append(case)
    entries: list[Entry] = []
    for key in sorted(groups):
        entries.append(Group(key[1], len(groups[key])))
        entries.extend(groups[key])
    return tuple(entries)


class WorklistModel(QAbstractTableModel):
    """Shows entries; a cell that has not changed is not painted again."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[Entry, ...] = ()

    def show_entries(self, entries: tuple[Entry, ...]) -> bool:
        """Take new entries over; True when rows came, went or moved."""
        before, keys = self._entries, [_key(each) for each in entries]
        if [_key(each) for each in before] != keys:
            self.beginResetModel()
            self._entries = entries
            self.endResetModel()
            return True
        self._entries = entries
        for line, (old, new) in enumerate(zip(before, entries, strict=True)):
            if isinstance(old, Case) and isinstance(new, Case) and old != new:
                for column in Column:
                    if self._differs(old, new, column):
                        index = self.index(line, column)
                        self.dataChanged.emit(index, index)
        return False

    @staticmethod
    def _differs(old: Case, new: Case, column: Column) -> bool:
        if wording.is_dim(old.row) != wording.is_dim(new.row):
            return True
        if column is Column.DUE and old.due_tone != new.due_tone:
            return True
        if column is Column.PATIENT and old.new != new.new:
            return True
        if column is Column.DISK and wording.disk_words(old.row) != wording.disk_words(new.row):
            return True
        return old.cell(column) != new.cell(column)

    def entry(self, line: int) -> Entry:
        """What stands in a line."""
        return self._entries[line]

    def entries(self) -> tuple[Entry, ...]:
        """All lines."""
        return self._entries

    def line_of(self, uid: str) -> int | None:
        """The line of a task, or None where it is not shown."""
        for line, each in enumerate(self._entries):
            if isinstance(each, Case) and each.uid == uid:
                return line
        return None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(Column)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == ENTRY:
            return entry
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            if isinstance(entry, Group):
                return f"{entry.title}, {entry.count}" if index.column() == 0 else ""
            return entry.cell(Column(index.column()))
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal:
            if role == int(Qt.ItemDataRole.DisplayRole):
                return TITLES[Column(section)]
            if role == int(Qt.ItemDataRole.TextAlignmentRole):
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        # Group rows without flags: the arrow keys step over them.
        if not index.isValid() or isinstance(self._entries[index.row()], Group):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def _key(entry: Entry) -> tuple[str, object]:
    if isinstance(entry, Group):
        return (entry.title, entry.count)
    return (entry.uid, None)
