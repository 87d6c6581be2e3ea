"""How well a few typed letters fit a text: all in order, better where they begin words or stand together."""

from __future__ import annotations

_TOGETHER, _WORD, _START, _WHOLE = 4.0, 3.0, 3.0, 6.0


def fuzzy_score(typed: str, text: str) -> float | None:
    """Give a score, higher for a better fit, or None when a letter is missing, whatever case and blanks."""
    wanted, found = "".join(typed.casefold().split()), text.casefold()
    if not wanted:
        return 0.0
    whole = found.find(typed.casefold().strip())
    if whole >= 0:
        begins = whole == 0 or not found[whole - 1].isalnum()
        return len(wanted) * (1 + _TOGETHER) + _WHOLE + (_START if begins else 0) - len(found) / 100
    best: float | None = None
    # Each place of the first letter is tried: from the first alone, "rp" in "graph, run page" would be poor.
    place = found.find(wanted[0])
    while place >= 0:
        score = _score_from(wanted, found, place)
        if score is None:
            break
        best = score if best is None else max(best, score)
        place = found.find(wanted[0], place + 1)
    return best


def _score_from(wanted: str, found: str, first: int) -> float | None:
    score, before, place = 0.0, -2, first
    for letter in wanted:
        place = found.find(letter, place)
        if place < 0:
            return None
        score += 1
        if place == before + 1:
            score += _TOGETHER
        elif place == 0 or not found[place - 1].isalnum():
            score += _WORD
        before = place
        place += 1
    return score - len(found) / 100
