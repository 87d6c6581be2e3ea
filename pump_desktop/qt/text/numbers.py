"""Numbers as a person reads them: grouped by locale, never with more digits than are known."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from PySide6.QtCore import QLocale

_GROUPED_MULTIPLIER = re.compile(
    r"[0-9]{1,3}(?P<mark>[,. '’\u00a0\u2009\u202f])[0-9]{3}(?:(?P=mark)[0-9]{3})*(?P<part>[.,][0-9]+)?"
)
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+")


def without_groups(text: str) -> str:
    """Give ``11200.65`` for ``11,200.65x``, ``11 200,65`` or ``11.200,65``, and ``400.02`` for ``400,02``."""
    plain = text.strip().rstrip("xX×").rstrip()
    if found := _GROUPED_MULTIPLIER.fullmatch(plain):
        mark, part = found["mark"], found["part"] or ""
        # A lone 1.500 is one and a half here, as everywhere a point is typed.
        if mark != part[:1] and (mark != "." or part):
            whole = plain.removesuffix(part).replace(mark, "")
            return whole + part.replace(",", ".")
    return plain.replace(",", ".") if _DECIMAL_COMMA.fullmatch(plain) else plain


NBSP = "\u00a0"
THIN_SPACE = "\u202f"

_INT64 = 2**63 - 1
_GROUPED = re.compile(r"[0-9]{1,3}(?P<mark>[ \u00a0\u2009\u202f,._'’])(?:[0-9]{2,3}(?P=mark))*[0-9]{3}")
_SHORTHAND = re.compile(r"(?P<whole>[0-9]+)(?:[.,](?P<part>[0-9]+))?[ \u00a0\u202f]?(?P<unit>[kKmMbB])")
_UNIT = {"k": 3, "m": 6, "b": 9}


def _of(locale: QLocale | None) -> QLocale:
    chosen = locale if locale is not None else QLocale()
    # The C locale groups nothing; a bare LANG=C must not make 11200.65x of 11,200.65x.
    if chosen.language() is QLocale.Language.C:
        return QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)
    return chosen


def _thin(text: str) -> str:
    return text.replace(NBSP, THIN_SPACE)


def _fixed(value: float, decimals: int, locale: QLocale | None) -> str:
    return _thin(_of(locale).toString(float(value), "f", decimals))


def _trimmed(value: float, decimals: int, locale: QLocale | None) -> str:
    while decimals > 0 and float(f"{value:.{decimals}f}") == float(f"{value:.{decimals - 1}f}"):
        decimals -= 1
    return _fixed(value, decimals, locale)


def grouped(number: int, locale: QLocale | None = None) -> str:
    """Give a whole number in groups: ``1,000,000``."""
    if abs(number) > _INT64:
        return f"{number:,}".replace(",", _of(locale).groupSeparator())
    return _thin(_of(locale).toString(number))


def counted(number: int, what: str) -> str:
    """Give a number of things, each of which takes an s: ``1 row``, ``1,200 rows``."""
    return f"1 {what}" if number == 1 else f"{grouped(number)} {what}s"


def decimal_text(value: float, decimals: int, locale: QLocale | None = None) -> str:
    """Give a number with as many decimals as its column has: ``1,234.5``."""
    return _fixed(value, decimals, locale)


def count_text(value: float) -> str:
    """Give an expected count or a bound of one: whole from 100 on, one decimal below, two under 1."""
    if value >= 99.95:
        return grouped(round(value))
    return decimal_text(value, 1 if value >= 0.995 else 2)


def short_count(number: int, locale: QLocale | None = None) -> str:
    """Give a round number in short: ``10K``, ``1.5M``."""
    for size, unit in ((10**9, "B"), (10**6, "M"), (10**3, "K")):
        if number >= size:
            return f"{_trimmed(number / size, 1, locale)}{unit}"
    return grouped(number, locale)


def multiplier_text(multiplier: float, locale: QLocale | None = None) -> str:
    """Give a multiplier with its two published decimals: ``11,200.65x``."""
    return f"{_fixed(multiplier, 2, locale)}x"


def amount_text(amount: float, currency: str = "", locale: QLocale | None = None) -> str:
    """Give money with as many decimals as it needs, eight at most: ``0.2 ETH``."""
    text = f"< {_fixed(1e-8, 8, locale)}" if 0 < amount < 1e-8 else _trimmed(amount, 8, locale)
    return f"{text}{NBSP}{currency.upper()}" if currency else text


def odds_text(chance: Fraction | float, locale: QLocale | None = None) -> str:
    """Give a chance as ``1 in 11,429``; ``never`` for none."""
    if not chance > 0:
        return "never"
    inverse = 1 / chance
    # A fraction's round() is exact; odds of 1 in 3,268,760 must not pass through a float.
    if inverse >= Fraction(19, 2):
        return f"1 in {grouped(round(inverse), locale)}"
    return f"1 in {_trimmed(float(inverse), 2 if inverse < 2 else 1, locale)}"


def percent_text(share: float, locale: QLocale | None = None, *, decimals: int | None = None) -> str:
    """Give a share with two or three figures: ``61 %``, ``12.3 %``; ``decimals`` fixes them for a column."""
    percent = 100 * float(share)
    if decimals is not None:
        return f"{_fixed(percent, decimals, locale)}{NBSP}%"
    if 0 < percent < 0.0001:
        return f"< {_fixed(0.0001, 4, locale)}{NBSP}%"
    if 99.95 <= percent < 100:
        return f"> {_fixed(99.9, 1, locale)}{NBSP}%"
    if percent == 0 or percent >= 1:
        return f"{_trimmed(percent, 1, locale)}{NBSP}%"
    return f"{_trimmed(percent, 1 - math.floor(math.log10(percent)), locale)}{NBSP}%"


def p_value_text(p: float, locale: QLocale | None = None) -> str:
    """Give a p-value as ``p = 0.34``, with three decimals only where they matter."""
    if math.isnan(p):
        return "p unknown"
    if p < 0.001:
        return f"p < {_fixed(0.001, 3, locale)}"
    if p > 0.99:
        return f"p > {_fixed(0.99, 2, locale)}"
    return f"p = {_fixed(p, 3 if p < 0.0995 else 2, locale)}"


def duration_text(seconds: float, locale: QLocale | None = None, *, fine: bool = False) -> str:
    """Give a length of time: ``0.4 s``, ``12 s``, ``3 min 20 s``; ``fine`` keeps tenths up to 10 s."""
    if seconds <= 0:
        return f"0{NBSP}s"
    if seconds < 0.0995:
        return f"{round(seconds * 1000)}{NBSP}ms" if fine else f"{_fixed(0.1, 1, locale)}{NBSP}s"
    if seconds < (9.95 if fine else 0.95):
        return f"{_fixed(seconds, 1, locale)}{NBSP}s"
    whole = round(seconds)
    for size, unit, rest_size, rest_unit in (
        (86_400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // rest_size
            head = f"{grouped(whole // size, locale)}{NBSP}{unit}"
            return f"{head} {rest}{NBSP}{rest_unit}" if rest else head
    return f"{whole}{NBSP}s"


def rate_text(per_second: float, locale: QLocale | None = None) -> str:
    """Give a speed with three figures: ``11.2 M/s``, ``950 /s``."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        # 999,950 a second is 1.0 M, never 1000.0 k.
        if per_second >= size * 0.99995:
            value = per_second / size
            return f"{_fixed(value, 1 if value < 99.95 else 0, locale)}{NBSP}{unit}/s"
    return f"{_fixed(per_second, 1 if per_second < 9.95 else 0, locale)}{NBSP}/s"


def bytes_text(size: int, locale: QLocale | None = None) -> str:
    """Give a size on disk: ``512 bytes``, ``4.6 MB``."""
    text = _of(locale).formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeSIFormat)
    return _thin(text).replace(" ", NBSP)


def parse_grouped(text: str, locale: QLocale | None = None) -> str:
    """Give the plain digits of ``1,000,000``, ``1 000 000`` or ``10M``; other text comes back unchanged."""
    trimmed = text.strip()
    if trimmed.isascii() and trimmed.isdigit():
        return trimmed
    unit = ""
    if trimmed[-1:].lower() in _UNIT:
        unit, trimmed = trimmed[-1], trimmed[:-1].rstrip()
    if found := _GROUPED.fullmatch(trimmed):
        mark = found["mark"]
        # One group behind the locale's decimal mark may be a fraction: 1.500 is left for the field to refuse.
        if unit or trimmed.count(mark) > 1 or mark != _of(locale).decimalPoint():
            digits = trimmed.replace(mark, "")
            return digits + "0" * _UNIT[unit.lower()] if unit else digits
    if found := _SHORTHAND.fullmatch(trimmed + unit):
        zeros = _UNIT[found["unit"].lower()]
        part = (found["part"] or "").rstrip("0")
        if len(part) <= zeros:
            return (found["whole"] + part.ljust(zeros, "0")).lstrip("0") or "0"
    return text
