"""Figures as the report writes them: grouped by commas, in any language of the system."""

from __future__ import annotations

from fractions import Fraction


def whole(number: float) -> str:
    """Give a whole number in groups: ``1,000,000``."""
    return f"{round(number):,}"


def count(number: float) -> str:
    """Give an expected count with no more digits than it deserves: ``1,234``, ``12.3``, ``0.04``."""
    if number >= 100:
        return whole(number)
    if number >= 0.095:
        return f"{number:.1f}"
    return f"{number:.2g}" if number else "0"


def multiplier(value: float) -> str:
    """Give a multiplier with its two published decimals: ``11,200.65x``."""
    return f"{value:,.2f}x"


def money(amount: float) -> str:
    """Give an amount with as many decimals as it needs, eight at most: ``0.0056``."""
    text = f"{amount:,.8f}".rstrip("0").rstrip(".")
    return text if float(text.replace(",", "")) or not amount else f"{amount:.3g}"


def short_multiplier(value: float) -> str:
    """Give a multiplier for a tick: ``1.63``, ``165``, ``3.2M``."""
    for size, unit in ((1e6, "M"), (1e4, "K")):
        if value >= size:
            return f"{value / min(size, 1e6 if unit == 'M' else 1e3):.3g}{unit}"
    return f"{value:,.0f}" if value >= 99.5 else f"{value:.2f}"


def odds(chance: Fraction | float) -> str:
    """Give a chance as ``1 in 11,429``; ``never`` for none."""
    if not chance > 0:
        return "never"
    inverse = 1 / chance
    return f"1 in {whole(float(inverse))}" if inverse >= Fraction(19, 2) else f"1 in {float(inverse):.2f}"


def p_value(p: float) -> str:
    """Give a p-value with three decimals only where they matter: ``0.34``, ``0.012``, ``< 0.001``."""
    if p < 0.001:
        return "< 0.001"
    if p > 0.99:
        return "> 0.99"
    return f"{p:.3f}" if p < 0.0995 else f"{p:.2f}"
