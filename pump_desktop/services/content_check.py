"""What is wrong with the rows and runs of a data file whose pages are whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from pump_desktop.domain.errors import CancelledError, DamagedRunError
from pump_desktop.engine.kernels import Outcomes
from pump_desktop.services.run_check import check_pieces
from pump_desktop.store.care.content import pieces_of, readable_runs, reading_content, unreadable_rows


def check_content(path: Path, cancelled: Callable[[], bool] = lambda: False) -> tuple[str, ...]:
    """Return a sentence for each row that cannot be read, and each run that is not what was scanned.

    Raises CancelledError. A file of another version is not looked at.
    """

    def stoppable(pieces: Iterator[Outcomes]) -> Iterator[Outcomes]:
        for piece in pieces:
            if cancelled():
                raise CancelledError
            yield piece

    with reading_content(path) as driver:
        if driver is None:
            return ()
        found = [_within(str(error)) for error in unreadable_rows(driver, cancelled)]
        for run in readable_runs(driver):
            try:
                check_pieces(run, stoppable(pieces_of(driver, run)))
            except DamagedRunError as error:
                found.append(_within(str(error)))
    return tuple(found)


def _within(sentence: str) -> str:
    """Return a sentence to go on with."""
    return sentence[0].lower() + sentence[1:]
