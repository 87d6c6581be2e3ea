"""Verdicts of messages as they arrive, where the seed of their stream is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pump_desktop.domain.live import Message, StreamKey, Verdict
from pump_desktop.engine.kernels import Kernel, choose_kernel, warm_up
from pump_desktop.services.beside import Beside
from pump_desktop.services.verdicts import SeedPair, judge

# Verdicts by the reference after which the kernel is made ready: they took 20 ms of somebody's time.
WORTH_A_KERNEL = 2_000


class Judge:
    """Judges by the reference; once a simulation has sent much, by the kernel, which is made ready beside."""

    def __init__(self, beside: Beside) -> None:
        self._beside = beside
        self._kernel = Kernel.REFERENCE
        self._warming = False
        self._slowly_judged = 0

    def verdicts(
        self, messages: Sequence[Message], seeds: Mapping[StreamKey, str | None]
    ) -> list[Verdict | None] | None:
        """Give the verdicts of messages whose stream has a seed; None when there is none at all."""
        by_stream: dict[StreamKey, list[int]] = {}
        for at, message in enumerate(messages):
            if seeds[message.stream] is not None:
                by_stream.setdefault(message.stream, []).append(at)
        if not by_stream:
            return None
        verdicts: list[Verdict | None] = [None] * len(messages)
        for key, places in by_stream.items():
            pair = SeedPair(seeds[key] or "", key.client_seed)
            judged = judge(pair, [messages[at] for at in places], self._kernel)
            for at, one in zip(places, judged, strict=True):
                verdicts[at] = one.verdict
        self._make_kernel_ready(len(messages))
        return verdicts

    def _make_kernel_ready(self, judged: int) -> None:
        """Compile the kernel beside, once a simulation sends much: 1,000 bets then take 0.1 ms, not 10."""
        self._slowly_judged += judged if self._kernel is Kernel.REFERENCE else 0
        if self._slowly_judged >= WORTH_A_KERNEL and not self._warming:
            self._warming = True
            self._beside.do(self._warm_up)

    def _warm_up(self) -> None:
        kernel = choose_kernel()
        warm_up(kernel)
        self._kernel = kernel
