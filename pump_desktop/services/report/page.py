"""What all HTML reports share: templates that escape everything, times, hidden seeds, one nonce by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import VerifyRequest
from pump_desktop.engine.reference import WORDS_PER_BLOCK
from pump_desktop.engine.verify import Block, Outcome, Pick
from pump_desktop.services.report import formats as report_words
from pump_desktop.services.verify import derivation_of
from pump_desktop.system.resources import resource

HIDDEN = "[seed hidden]"
# A shorter seed would blank out single letters of every name.
_LEAST = 4
# What neither HTML nor XML may hold.
_NO_TEXT = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Recipe:
    """One nonce to redo by hand; with hidden seeds, placeholders stand where these go."""

    nonce: int
    difficulty: Difficulty
    server_seed: str
    client_seed: str
    seeds_as_python: tuple[str, str]
    blocks: tuple[Block, ...]
    picks: tuple[Pick, ...]
    outcome: Outcome


def page(template: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Give a report in pieces."""
    return _environment().get_template(template).generate(values)


def moment_text(when: datetime) -> str:
    """Give a time as a report writes it."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def without_seeds(text: str, seeds: tuple[str, str]) -> str:
    """Give a text from outside without the seeds it may hold."""
    for seed in sorted(seeds, key=len, reverse=True):
        if len(seed) >= _LEAST:
            text = text.replace(seed, HIDDEN)
    return text


def recipe_of(bet: VerifyRequest, *, with_seeds: bool) -> Recipe:
    """Redo one nonce, with the blocks and picks its difficulty needs."""
    derived = derivation_of(bet)
    pops = bet.difficulty.pops
    shown = bet if with_seeds else replace(bet, server_seed="SERVER SEED", client_seed="CLIENT SEED")
    blocks = tuple(
        Block(f"{shown.client_seed}:{bet.nonce}:{number}", block.digest, block.words)
        for number, block in enumerate(derived.blocks[: -(-pops // WORDS_PER_BLOCK)])
    )
    return Recipe(
        nonce=bet.nonce,
        difficulty=bet.difficulty,
        server_seed=shown.server_seed,
        client_seed=shown.client_seed,
        # ascii() spells every character out, also those that look like others or like nothing.
        seeds_as_python=(ascii(shown.server_seed), ascii(shown.client_seed)),
        blocks=blocks,
        picks=derived.picks[:pops],
        outcome=derived.results[bet.difficulty],
    )


@cache
def _environment() -> Environment:
    """Give the templates' surroundings: everything escaped, nothing undefined."""
    found = Environment(
        loader=FileSystemLoader(resource("report")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "whole": report_words.whole,
        "count": report_words.count,
        "x": report_words.multiplier,
        "odds": report_words.odds,
        "p": report_words.p_value,
        "money": report_words.money,
        "plain": _plain,
    }
    return found


def _plain(text: str) -> str:
    """Give text without the characters HTML cannot hold."""
    return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)
