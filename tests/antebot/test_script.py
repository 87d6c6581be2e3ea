"""The script under node, against the real listener."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pump_desktop.api.server import Listener
from pump_desktop.domain.live import BetOrder, BetQuery, RoundRow, StreamQuery
from pump_desktop.services.backend import Backend
from pump_desktop.services.connect.script import LOG_FILE, LOG_PREFIX, ScriptOptions, script_text
from pump_desktop.system.settings import Settings
from tests.antebot.conftest import TOKEN, Antebot
from tests.antebot.samples import EXPERT, HASH, last_bet, last_bets, safe_pumps

Run = Callable[..., Antebot]


@pytest.fixture
def strict(backend: Backend) -> Iterator[Listener]:
    """Give a listener that takes 60 requests a minute."""
    opened = Listener(backend, settings=Settings(ingest_rate_limit=60), token=TOKEN)
    opened.start(0)
    yield opened
    opened.stop()


class Arrivals:
    """What is stored, waited for by commits and never by the clock."""

    def __init__(self, backend: Backend) -> None:
        self._live = backend.live
        self._changed = threading.Condition()
        self._unsubscribe = backend.hub.subscribe(self._hear)

    def _hear(self, _event: object) -> None:
        with self._changed:
            self._changed.notify_all()

    def rounds(self) -> list[RoundRow]:
        streams = self._live.streams(StreamQuery()).items
        if not streams:
            return []
        return list(reversed(self._live.rounds(streams[0].id, None, 10_000, 0).items))

    def wait_for_rounds(self, count: int) -> list[RoundRow]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.rounds()) >= count, 20), len(self.rounds())
        return self.rounds()

    def bet_nonces(self) -> list[int]:
        (stream,) = self._live.streams(StreamQuery()).items
        query = BetQuery(limit=1000, order=BetOrder.NONCE_ASC)
        return [bet.nonce for bet in self._live.bets(stream.id, query).items]

    def close(self) -> None:
        self._unsubscribe()


@pytest.fixture
def arrivals(backend: Backend) -> Iterator[Arrivals]:
    opened = Arrivals(backend)
    yield opened
    opened.close()


def test_every_bet_arrives_as_it_was(
    antebot: Run, arrivals: Arrivals, backend: Backend, listener: Listener
) -> None:
    bot = antebot()
    bot.play(last_bets(1, 120))
    rounds = arrivals.wait_for_rounds(120)
    assert [(one.nonce, one.safe_pumps) for one in rounds] == [(n, safe_pumps(n)) for n in range(1, 121)]
    (stream,) = backend.live.streams(StreamQuery()).items
    assert (stream.server_seed_hashed, stream.client_seed) == (HASH, "sample-client")
    bet = backend.live.bets(stream.id, BetQuery(limit=1, min_multiplier=30)).items[0]
    assert (bet.nonce, bet.antebot_bet_id, bet.currency) == (7, "ante-7", "eth")
    assert (bet.amount, bet.payout, bet.round_target, bet.round_result) == (0.2, 0.326, 1.63, EXPERT[6])
    assert bet.date_time is not None
    assert bet.date_time.isoformat() == "2025-09-08T20:31:12+00:00"
    # The stub is a page: it asks before it posts, and says where it comes from. Its rounds are stored
    # before the last post is answered: the script's counts come behind the answer.
    bot.counts_with(posted=120)
    last = listener.traffic().last_request
    assert last is not None
    assert (last.status, last.origin) == (200, "file://")


def test_bets_share_requests(antebot: Run, arrivals: Arrivals) -> None:
    bot = antebot(batch_size=40)
    bot.play(last_bets(1, 120))
    arrivals.wait_for_rounds(120)
    bot.counts_with(posted=120)
    posts = [said["post"] for said in bot.said if "post" in said]
    assert sum(posts) == 120
    assert max(posts) == 40


def test_bets_below_the_threshold_are_heartbeats(antebot: Run, arrivals: Arrivals) -> None:
    bot = antebot(threshold=EXPERT[6])
    bot.play(last_bets(1, 50))
    rounds = arrivals.wait_for_rounds(50)
    assert [one.safe_pumps for one in rounds] == [safe_pumps(n) for n in range(1, 51)]
    assert arrivals.bet_nonces() == [7, 14, 21, 28, 35, 42, 49]


def test_without_heartbeats_only_the_bets_are_sent(antebot: Run, arrivals: Arrivals) -> None:
    bot = antebot(threshold=EXPERT[6], heartbeats=False)
    bot.play(last_bets(1, 50))
    assert [one.nonce for one in arrivals.wait_for_rounds(7)] == [7, 14, 21, 28, 35, 42, 49]
    assert bot.counts_with(waiting=0)["lost"] == 0


def test_a_listener_that_stops_and_starts_loses_and_doubles_nothing(
    antebot: Run, arrivals: Arrivals, listener: Listener
) -> None:
    port = listener.port
    bot = antebot(batch_size=10)
    bot.play(last_bets(1, 100))
    arrivals.wait_for_rounds(1)
    listener.stop()
    bot.play(last_bets(101, 200))
    bot.wait_for_log("cannot be reached")
    bot.play(last_bets(201, 300))
    listener.start(port)
    rounds = arrivals.wait_for_rounds(300)
    assert [one.nonce for one in rounds] == list(range(1, 301))
    assert arrivals.bet_nonces() == list(range(1, 301))
    bot.wait_for_log("reached again")
    assert len(bot.logs("cannot be reached")) == 1
    bot.counts_with(waiting=0, lost=0, refused=0)


def test_the_oldest_go_when_too_many_wait(antebot: Run, arrivals: Arrivals, listener: Listener) -> None:
    port = listener.port
    bot = antebot(batch_size=10, buffer_size=30)
    listener.stop()
    bot.play(last_bets(1, 100))
    bot.wait_for_log("the oldest are dropped")
    bot.wait_for_log("cannot be reached")
    listener.start(port)
    bot.send(stop=True)
    assert "70 were dropped meanwhile" in bot.wait_for_log("reached again")
    assert [one.nonce for one in arrivals.wait_for_rounds(30)] == list(range(71, 101))
    assert bot.counts()["lost"] == 70


WRONG = "wrong"


def test_a_refused_token_is_said_once_and_what_waits_is_kept(
    antebot: Run, arrivals: Arrivals, listener: Listener
) -> None:
    bot = antebot(token=WRONG)
    bot.play(last_bets(1, 60))
    assert bot.wait_for_log("token") == (
        "Pump Desktop: the token was refused (Invalid ingest token). Betting goes on; messages wait. "
        "Copy the script from Pump Desktop again and start it in place of this one; it sends what waits."
    )
    bot.play(last_bets(61, 120))
    # Tried again at once, and refused again.
    bot.send(stop=True)
    bot.wait_for(lambda said: "post" in said)
    assert bot.counts_with(waiting=120) == {
        "posted": 0,
        "refused": 0,
        "lost": 0,
        "waiting": 120,
        "off": False,
    }
    assert arrivals.rounds() == []
    listener.change(Settings(), WRONG)
    bot.send(stop=True)
    assert [one.nonce for one in arrivals.wait_for_rounds(120)] == list(range(1, 121))
    bot.wait_for_log("reached again")
    assert len(bot.logs("token was refused")) == 1
    assert bot.logs("cannot be reached") == []
    bot.counts_with(posted=120, waiting=0, lost=0)


def test_no_more_waits_behind_a_refused_token_than_elsewhere(antebot: Run) -> None:
    bot = antebot(token=WRONG, batch_size=10, buffer_size=30)
    bot.play(last_bets(1, 100))
    bot.wait_for_log("token was refused")
    bot.wait_for_log("the oldest are dropped")
    bot.counts_with(waiting=30, lost=70)


@pytest.mark.parametrize(
    ("stub", "around"),
    [
        pytest.param({"frozenEngine": True}, "{}", id="which keeps the variables"),
        pytest.param({}, "(function () {{{}}}());", id="which keeps the engine"),
    ],
)
def test_a_script_with_a_new_token_sends_what_waits_in_the_old_one(
    antebot: Run, arrivals: Arrivals, listener: Listener, stub: dict[str, Any], around: str
) -> None:
    bot = antebot(stub=stub)
    bot.play(last_bets(1, 30))
    arrivals.wait_for_rounds(30)
    listener.change(Settings(), "a-new-token")
    bot.play(last_bets(31, 90))
    bot.wait_for_log("token was refused")
    options = ScriptOptions.parse(url=listener.url, token="a-new-token", flush_seconds=0.02)  # noqa: S106 - made up
    bot.send(run="var older = pumpDesktop;")
    bot.send(run=around.format(script_text(options)))
    bot.wait_for_log("takes over 60 messages that waited")
    bot.play(last_bets(91, 100))
    rounds = [one.nonce for one in arrivals.wait_for_rounds(100)]
    assert rounds == arrivals.bet_nonces() == list(range(1, 101))
    # The old one is done: it neither posts nor takes.
    bot.send(run="older.take({}); log('old ' + JSON.stringify(older.counts()));")
    assert '"waiting":0,"off":true' in bot.wait_for_log("old {")
    assert len(bot.logs("token was refused")) == 1


def test_too_many_requests_wait_as_long_as_asked(antebot: Run, arrivals: Arrivals, strict: Listener) -> None:
    bot = antebot(url=strict.url, batch_size=1, flush_seconds=0)
    bot.play(last_bets(1, 70))
    assert "Rate limit exceeded" in bot.wait_for_log("cannot be reached")
    assert len(arrivals.rounds()) == 60
    # A minute's window, opened a moment ago: nothing is tried before it closes.
    counts = bot.counts()
    assert [said["timer"] for said in bot.said if "timer" in said][-1] > 40_000
    assert (counts["waiting"], counts["lost"]) == (10, 0)


def test_refused_messages_are_said_once_per_kind(antebot: Run, arrivals: Arrivals, backend: Backend) -> None:
    bot = antebot()
    without_nonce = [last_bet(n, nonce=None) for n in range(1, 4)]
    foreign = [last_bet(n, state={"difficulty": "absurd", "roundResultMultiplier": 1}) for n in range(4, 7)]
    bot.play([*without_nonce, *foreign, *last_bets(7, 9)])
    arrivals.wait_for_rounds(3)
    bot.wait_for_log("difficulty")
    assert bot.logs("refused") == [
        "Pump Desktop: a message was refused: nonce is missing",
        "Pump Desktop: a message was refused: difficulty must be one of: easy, medium, hard, expert",
    ]
    bot.counts_with(refused=6)
    assert len(backend.live.rejected()) == 6


def test_a_simulated_bet_carries_its_seed_and_is_verified(
    antebot: Run, arrivals: Arrivals, backend: Backend
) -> None:
    bot = antebot()
    simulated = [last_bet(n, serverSeedHashed=None, serverSeed="a seed of the simulation") for n in (1, 2)]
    bot.play(simulated)
    assert all(one.verdict is not None for one in arrivals.wait_for_rounds(2))
    (stream,) = backend.live.streams(StreamQuery()).items
    assert stream.revealed


STRATEGY = """
var seen = [];
engine.onBetPlaced(function (bet) { seen.push(bet.nonce); return seen.length; });
engine.onBettingStopped(function (manually) { log("the strategy ends after " + seen.join(",") + manually); });
"""


def test_a_strategy_below_keeps_its_own_callbacks(antebot: Run, arrivals: Arrivals) -> None:
    bot = antebot(STRATEGY, flush_seconds=60)
    bot.play(last_bets(1, 5))
    bot.send(stop=True)
    assert bot.wait_for_log("the strategy") == "the strategy ends after 1,2,3,4,5true"
    # And what still waited is sent when betting stops.
    assert len(arrivals.wait_for_rounds(5)) == 5


def test_a_script_started_twice_posts_once(antebot: Run, arrivals: Arrivals, tmp_path: Path) -> None:
    bot = antebot()
    bot.send(run=(tmp_path / "script-0.js").read_text("utf-8"))
    bot.play(last_bets(1, 20))
    arrivals.wait_for_rounds(20)
    assert bot.counts_with(posted=20)["lost"] == 0
    assert sum(said["post"] for said in bot.said if "post" in said) == 20


def test_other_games_and_open_bets_are_left_out(antebot: Run, arrivals: Arrivals) -> None:
    bot = antebot()
    bot.play([last_bet(1, game="dice"), last_bet(2, game="dice"), last_bet(3, active=True), last_bet(4)])
    assert [one.nonce for one in arrivals.wait_for_rounds(1)] == [4]
    assert bot.logs("dice") == ["Pump Desktop: bets of dice are not sent, only those of pump."]


# What no Antebot hands over.
ODD: list[Any] = [None, 5, {}, {"state": 7}, {"id": {"a": 1}, "dateTime": "x"}]


@pytest.mark.parametrize(
    ("stub", "line"),
    [
        ({"noFetch": True}, "has no fetch"),
        ({"brokenFetch": True}, "fetch is broken"),
        ({"frozenEngine": True}, "call pumpDesktop.take(lastBet)"),
    ],
)
def test_whatever_antebot_lacks_nothing_is_thrown(antebot: Run, stub: dict[str, Any], line: str) -> None:
    bot = antebot(stub=stub, flush_seconds=0)
    bot.play([*last_bets(1, 20), *ODD])
    bot.send(stop=True)
    bot.wait_for(lambda said: "stopped" in said)
    bot.close()
    assert any(line in said for said in bot.logs())
    assert not [said for said in bot.said if "thrown" in said or "promise" in said]


def test_betting_is_never_held_up(antebot: Run, listener: Listener) -> None:
    bot = antebot(buffer_size=1000)
    listener.stop()
    played = bot.play(last_bets(1, 3000))
    # A callback takes microseconds; a request takes milliseconds. The middle one, because node pauses too.
    assert played["middle_ms"] < 1


def test_the_log_file_gets_the_same_messages(antebot: Run, arrivals: Arrivals, tmp_path: Path) -> None:
    bot = antebot(stub={"logFolder": str(tmp_path)}, also_log=True, threshold=EXPERT[6])
    bot.play(last_bets(1, 14))
    arrivals.wait_for_rounds(14)
    lines = (tmp_path / LOG_FILE).read_text("utf-8").splitlines()
    assert len(lines) == 14
    assert all(line.startswith(LOG_PREFIX + "{") for line in lines)


def test_without_log_to_file_the_console_is_the_second_road(antebot: Run, arrivals: Arrivals) -> None:
    bot = antebot(also_log=True, token="wrong")  # noqa: S106 - made up
    bot.play(last_bets(1, 3))
    bot.wait_for_log("token was refused")
    bot.play(last_bets(4, 5))
    # Also while nothing gets through.
    assert len(bot.logs(LOG_PREFIX)) == 5
    assert arrivals.rounds() == []
