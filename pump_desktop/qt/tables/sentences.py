"""Sentences as rows: each with an icon and a small line below, such as what alert rules say and do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QObject, Qt

from pump_desktop.qt.look.icons import Meaning
from pump_desktop.qt.look.theme import Token
from pump_desktop.qt.tables.rows import NATIVE_ROLE, ROOT, Index


@dataclass(frozen=True, slots=True)
class Sentence:
    """A row: what it says, the small line below, and its icon."""

    text: str
    small: str = ""
    meaning: Meaning = "info"
    ink: Token = "text.secondary"

    @property
    def spoken(self) -> str:
        """The row as a screen reader says it."""
        return f"{self.text} {self.small}".rstrip()


class SentencesModel(QAbstractListModel):
    """A few sentences; ``NATIVE_ROLE`` gives the Sentence itself."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sentences: tuple[Sentence, ...] = ()

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What is shown."""
        return self._sentences

    def set_sentences(self, sentences: Sequence[Sentence]) -> None:
        """Show others; those that are shown already change nothing."""
        fresh = tuple(sentences)
        if fresh != self._sentences:
            self.beginResetModel()
            self._sentences = fresh
            self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        """Give the number of sentences."""
        return 0 if parent.isValid() else len(self._sentences)

    def data(self, index: Index, role: int = 0) -> Any:
        """Give the words of a row, or the Sentence."""
        return sentence_data(self._sentences[index.row()], role) if index.isValid() else None


def sentence_data(sentence: Sentence, role: int) -> Any:
    """Give what a model answers for a row that is a Sentence."""
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return sentence.text
        case Qt.ItemDataRole.AccessibleTextRole:
            return sentence.spoken
        case _ if role == NATIVE_ROLE:
            return sentence
    return None
