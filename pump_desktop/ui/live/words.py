"""What the figures of a stream are called: tiles, cards and marks in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from pump_desktop.domain.live import StreamRow
from pump_desktop.domain.runs import Match
from pump_desktop.domain.targets_and_pins import Pin
from pump_desktop.qt.tables.streams import Activity, activity_of
from pump_desktop.qt.text.numbers import amount_text, counted, grouped, multiplier_text, percent_text
from pump_desktop.qt.text.times import relative_time
from pump_desktop.ui.kit.text import Ink

if TYPE_CHECKING:
    from pump_desktop.services.live.board import Board
    from pump_desktop.stats.returns import Return
    from pump_desktop.stats.stream_board import Card

NONE = "–"
MATCH_WORDS = {Match.EXACT: "exactly", Match.AT_LEAST: "or more"}
_ACTIVITY = {Activity.LIVE: "Live", Activity.RECENT: "Recent", Activity.IDLE: "Idle"}


class Figure(NamedTuple):
    """A figure, the words below it, and its ink."""

    figure: str
    sub: str
    ink: Ink = "primary"


def pin_text(pin: Pin) -> str:
    """Give a pin in words: ``34.68x exactly``."""
    return f"{multiplier_text(pin.multiplier)} {MATCH_WORDS[pin.match]}"


def seen_words(row: StreamRow, now: datetime) -> tuple[Activity, str]:
    """Give whether a stream is live and when its last message came: ``Live · last message 3 s ago``."""
    activity = activity_of(row.last_seen_at, now)
    return activity, f"{_ACTIVITY[activity]} · last message {relative_time(row.last_seen_at, now)}"


def highest(board: Board) -> Figure:
    """Give the highest multiplier and where it was."""
    if not board.peaks:
        return Figure(NONE, "")
    peak = board.peaks[0]
    return Figure(multiplier_text(peak.result), f"at {grouped(peak.nonce)}")


def bets(board: Board) -> Figure:
    """Give the number of bets and their difficulty."""
    twice = board.detail.duplicate_nonces
    if twice:
        sub = f"{counted(twice, 'nonce')} twice"
        return Figure(grouped(board.detail.row.total_bets), sub, "warn")
    sub = "" if board.difficulty is None else board.difficulty.label
    if board.mixed:
        sub = f"mostly {sub}"
    return Figure(grouped(board.detail.row.total_bets), sub)


def rounds(board: Board) -> Figure:
    """Give the number of rounds and how many of them only a heartbeat told."""
    alone = board.detail.heartbeats
    words = "from bets" if not alone else counted(alone, "heartbeat")
    return Figure(grouped(board.detail.row.total_rounds), words if board.covered.observed else "")


def rate(per_minute: float) -> Figure:
    """Give the bets a minute."""
    return Figure(grouped(round(per_minute)), "30 s average")


def latest(board: Board) -> Figure:
    """Give the latest nonce and its distance to the one before."""
    last, gap = board.covered.last_nonce, board.last_gap
    if last is None:
        return Figure(NONE, "")
    return Figure(grouped(last), "the first one" if gap is None else f"gap {grouped(gap)}")


def missing(board: Board) -> Figure:
    """Give the number of nonces that were not observed, and their share."""
    count, span = board.covered.missing, board.covered.missing + board.covered.observed
    if not count:
        return Figure("0", "none lost" if span else "")
    return Figure(grouped(count), f"{percent_text(count / span)} of all", "warn")


def returned(board: Board) -> Figure:
    """Give the realised return in the currency of most bets, with its interval."""
    if board.behind:
        return Figure("…", "adding up")
    if not board.returns:
        return Figure(NONE, "")
    if board.covered.truncated:
        return Figure(NONE, "off: truncated")
    first, more = board.returns[0], len(board.returns) - 1
    sub = interval_text(first) or "no interval"
    if more:
        sub = f"{first.currency.upper() or 'no currency'}, {more} more"
    return Figure(share_text(first.share), sub)


def share_text(share: float | None) -> str:
    """Give a return with one decimal."""
    return NONE if share is None else percent_text(share, decimals=1)


def interval_text(one: Return) -> str:
    """Give the interval of a return without more figures than it has: ``91 – 105 %``."""
    if one.low is None or one.high is None:
        return ""
    decimals = 0 if one.high - one.low >= 0.1 else 1
    low = percent_text(one.low, decimals=decimals).split("\u00a0")[0]
    return f"{low} – {percent_text(one.high, decimals=decimals)}"


def money_text(one: Return) -> str:
    """Give what was staked and paid."""
    wagered, paid = amount_text(one.wagered, one.currency), amount_text(one.paid, one.currency)
    return f"{paid} paid for {wagered} staked"


def streak_words(card: Card) -> str:
    """Give the chance of a streak in words: ``a streak this long or longer: 34 %``."""
    if card.streak_probability is None:
        return card.brief or ""
    return f"a streak this long or longer: {percent_text(card.streak_probability)}"


def streak_text(card: Card) -> str:
    """Give the streak, or what it is where hits may have been missed."""
    if card.streak is None:
        return "No streak yet"
    missed = card.reason is not None and card.probability
    return f"{grouped(card.streak)} since one was seen" if missed else f"Streak {grouped(card.streak)}"


def chance_text(chance: float) -> str:
    """Give a chance in a few letters: ``0.7 %``, ``78 %``, ``> 99 %``."""
    if chance > 0.99:
        return f"> {percent_text(0.99)}"
    return percent_text(chance, decimals=0) if chance >= 0.1 else percent_text(chance)


def count_words(card: Card) -> str:
    """Give the number of hits."""
    return counted(card.count, "hit")


def last_words(card: Card) -> str:
    """Give where the last hit was."""
    return "none yet" if card.last_nonce is None else f"last at {grouped(card.last_nonce)}"


def card_sentence(card: Card) -> str:
    """Give all of a card in words, for a tool tip and a screen reader."""
    lines = [f"{count_words(card)}, {last_words(card)}."]
    if card.streak is not None:
        told = f"{streak_words(card)}." if card.reason is None else card.reason
        lines.append(f"Streak of {grouped(card.streak)}; {told}")
    if card.gaps:
        lines.append(f"Last gaps, the latest at the end: {', '.join(map(grouped, card.gaps))}.")
    if card.waiting is not None and card.chances is not None:
        half, most, nearly = map(grouped, card.waiting)
        lines.append(f"A hit comes within {half} rounds with 50 %, {most} with 90 %, {nearly} with 99 %.")
        chances = zip(("100", "1,000", "10,000"), card.chances, strict=True)
        words = ", ".join(f"{rounds}: {percent_text(chance)}" for rounds, chance in chances)
        lines.append(f"Chance of a hit in the next {words}.")
    return "\n".join(lines)
