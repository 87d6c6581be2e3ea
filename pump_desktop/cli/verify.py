"""``verify``: one bet, its result, and on request every step."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pump_desktop.cli.output import say, say_json
from pump_desktop.cli.seeds import read_seeds, seed_options
from pump_desktop.domain.game import snap
from pump_desktop.domain.requests import VerifyRequest, parse_target

if TYPE_CHECKING:
    from pump_desktop.engine.verify import Derivation

MISMATCH = 1


@click.command()
@seed_options
@click.option("--nonce", required=True, help="The bet's number under its seed pair.")
@click.option("--difficulty", required=True, help="easy, medium, hard or expert.")
@click.option("--expect", help="The multiplier the bet reported; exit code 1 when it is not so.")
@click.option("--trace", is_flag=True, help="Show every step, to redo it by hand.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(
    server_seed: str | None,
    server_seed_file: Path | None,
    client_seed: str | None,
    client_seed_file: Path | None,
    nonce: str,
    difficulty: str,
    expect: str | None,
    trace: bool,
    as_json: bool,
) -> int:
    """Verify one bet."""
    from pump_desktop.api.schemas.verify import outcome_body, traced_body  # noqa: PLC0415 - as in scan
    from pump_desktop.services.verify import derivation_of  # noqa: PLC0415 - as above

    server, client = read_seeds(server_seed, server_seed_file, client_seed, client_seed_file)
    request = VerifyRequest.parse(server_seed=server, client_seed=client, nonce=nonce, difficulty=difficulty)
    expected = None if expect is None else parse_target(expect)
    derivation = derivation_of(request)
    result = derivation.results[request.difficulty]
    if as_json:
        body = traced_body(request, derivation) if trace else outcome_body(request, derivation)
        say_json(body.model_dump_json())
    else:
        if trace:
            _print_steps(request, derivation)
        say(
            f"{request.difficulty.label}, nonce {request.nonce:,}: {result.max_multiplier:,.2f}x "
            f"({result.max_pumps} safe pumps, pop point {result.pop_point})"
        )
    if expected is None:
        return 0
    if snap(request.difficulty, expected) == result.max_pumps:
        say("Match: this is the reported result.", err=True)
        return 0
    say(f"Mismatch: {expected:g}x was reported.", err=True)
    return MISMATCH


def _print_steps(request: VerifyRequest, derivation: Derivation) -> None:
    say(f"1. Key: the server seed as text (SHA-256 {derivation.server_seed_sha256})")
    say("2. HMAC-SHA256 of each message:")
    for block in derivation.blocks:
        say(f"   {block.message}")
        say(f"   {block.digest}")
    say("3. Eight words from each digest; floor(word / 2^32 * remaining) is the index of the pick:")
    say(f"   {'word':>10}  {'float':>12}  {'remaining':>9}  {'index':>5}  {'position':>8}")
    for number, pick in enumerate(derivation.picks):
        mark = "  pop" if number < request.difficulty.pops else ""
        say(
            f"   {pick.word:>10}  {pick.float:>12.10f}  {pick.remaining:>9}  {pick.index:>5}"
            f"  {pick.position:>8}{mark}"
        )
    say("4. The pop point is the smallest of the first M picks; the pumps before it are safe:")
    for difficulty, outcome in derivation.results.items():
        say(
            f"   {difficulty.label:<7} M = {difficulty.pops:<3} pop point {outcome.pop_point:<3}"
            f" safe pumps {outcome.max_pumps:<3} {outcome.max_multiplier:,.2f}x"
        )
    say()
