from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.requests import ScanRequest
from pump_desktop.engine.kernels import Kernel, Outcomes, choose_kernel, replay
from pump_desktop.engine.scan import Chunk, scan


def request(start: int = 1, count: int = 3000, difficulty: Difficulty = Difficulty.EXPERT) -> ScanRequest:
    return ScanRequest("server", "client", start, start + count - 1, difficulty, (400.02,))


def joined(chunks: Iterator[Chunk], start: int) -> Outcomes:
    parts = []
    nonce = start
    for chunk in chunks:
        assert chunk.first_nonce == nonce
        nonce += len(chunk.outcomes)
        parts.append(chunk.outcomes)
    return np.concatenate(parts) if parts else np.empty(0, np.uint8)


@settings(max_examples=60, deadline=None)
@given(
    start=st.integers(1, 20_000),
    count=st.integers(1, 3000),
    chunk=st.integers(1, 4000),
    workers=st.integers(1, 4),
    difficulty=st.sampled_from(Difficulty),
)
def test_chunk_size_and_thread_count_never_change_the_result(
    start: int, count: int, chunk: int, workers: int, difficulty: Difficulty
) -> None:
    asked = request(start, count, difficulty)
    got = joined(scan(asked, chunk_nonces=max(chunk, count // 50 + 1), workers=workers), start)
    whole = replay(choose_kernel(), "server", "client", start, count, difficulty)
    assert np.array_equal(got, whole)


@settings(max_examples=40, deadline=None)
@given(after=st.integers(0, 40), chunk=st.integers(100, 900))
def test_cancel_at_any_point_yields_a_prefix(after: int, chunk: int) -> None:
    asked = request()
    questions = iter(range(10_000))
    got = joined(scan(asked, chunk_nonces=chunk, cancelled=lambda: next(questions) >= after), 1)
    whole = replay(choose_kernel(), "server", "client", 1, asked.count, asked.difficulty)
    assert np.array_equal(got, whole[: len(got)])


def test_a_scan_cancelled_before_it_starts_yields_nothing() -> None:
    assert list(scan(request(), cancelled=lambda: True)) == []


def test_a_scan_left_early_leaves_no_thread() -> None:
    chunks = scan(request(count=100_000), chunk_nonces=500)
    assert next(chunks).first_nonce == 1
    chunks.close()  # type: ignore[attr-defined]  # a generator; the leak check does the rest
    assert next(chunks, None) is None


def test_an_executor_of_ones_own_is_used_and_left_running() -> None:
    with ThreadPoolExecutor(1) as own:
        got = joined(scan(request(), executor=own, chunk_nonces=700), 1)
        assert own.submit(int, "7").result() == 7
    assert len(got) == 3000


@pytest.mark.slow
def test_processes_give_the_same_bytes() -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        got = joined(scan(request(), executor=processes, kernel=Kernel.REFERENCE, chunk_nonces=800), 1)
    assert np.array_equal(got, joined(scan(request()), 1))
