from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from threading import Event

import pytest
from PySide6.QtCore import QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from pump_desktop.domain.errors import KnownError, StoreError
from pump_desktop.qt.work.jobs import JobRunner
from pump_desktop.qt.work.query import Asker, LatestQuery
from pump_desktop.services.backend import Backend

NO_FILE = KnownError("The file is gone.")


class Page(QObject):
    """Asks, and keeps what comes back."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[object] = []
        self.failures: list[KnownError] = []
        self.sentences: list[str] = []
        self.bugs: list[object] = []
        self.threads: set[QThread] = set()

    def take(self, answer: object) -> None:
        self.answers.append(answer)
        self.threads.add(QThread.currentThread())

    def take_failure(self, error: KnownError) -> None:
        self.failures.append(error)
        self.threads.add(QThread.currentThread())

    @Slot(str)
    def take_sentence(self, sentence: str) -> None:
        self.sentences.append(sentence)

    @Slot(object)
    def take_bug(self, error: object) -> None:
        self.bugs.append(error)


@pytest.fixture
def page(asker: Asker) -> Page:
    page = Page()
    asker.sentence.connect(page.take_sentence)
    asker.broke.connect(page.take_bug)
    return page


@pytest.fixture
def asker(runner: JobRunner, door: Future[Backend]) -> Asker:
    return Asker(runner, door)


def fail(_backend: Backend) -> None:
    raise NO_FILE


def wait_for_answers(qtbot: QtBot, runner: JobRunner, asker: Asker) -> None:
    qtbot.waitUntil(lambda: not runner.busy)
    assert not asker._open


def test_answers_come_in_order_in_the_windows_thread(
    qtbot: QtBot, runner: JobRunner, asker: Asker, page: Page, backend: Backend
) -> None:
    worked_in: set[threading.Thread] = set()

    def number(answer: int) -> Callable[[Backend], int]:
        def work(given: Backend) -> int:
            assert given is backend
            worked_in.add(threading.current_thread())
            return answer

        return work

    for answer in range(100):
        asker.ask(page, number(answer), page.take)
    wait_for_answers(qtbot, runner, asker)
    assert page.answers == list(range(100))
    assert page.threads == {QThread.currentThread()}
    assert worked_in == {runner._thread}


def test_a_forgotten_question_gets_no_answer(
    qtbot: QtBot, runner: JobRunner, asker: Asker, page: Page
) -> None:
    gate = Event()
    running = asker.ask(page, lambda _backend: gate.wait(5), page.take)
    waiting = asker.ask(page, lambda _backend: "waiting", page.take)
    failing = asker.ask(page, fail, page.take, page.take_failure)
    asker.ask(page, lambda _backend: "newest", page.take)
    for question in (running, waiting, failing):
        question.forget()
    gate.set()
    wait_for_answers(qtbot, runner, asker)
    assert (page.answers, page.failures, page.sentences) == (["newest"], [], [])


def test_the_latest_question_alone_is_answered_and_pending_until_then(
    qtbot: QtBot, runner: JobRunner, asker: Asker, page: Page
) -> None:
    gate = Event()
    latest = LatestQuery(asker, page)
    pending = [latest.pending]

    def then(answer: object) -> None:
        pending.append(latest.pending)
        page.take(answer)

    latest.ask(lambda _backend: gate.wait(5), page.take)
    latest.ask(lambda _backend: "second", then)
    pending.append(latest.pending)
    gate.set()
    wait_for_answers(qtbot, runner, asker)
    assert (page.answers, pending) == (["second"], [False, True, False])

    latest.ask(fail, page.take, page.take_failure)
    wait_for_answers(qtbot, runner, asker)
    assert (page.failures, latest.pending) == ([NO_FILE], False)

    latest.ask(lambda _backend: "dropped", page.take)
    latest.drop()
    pending.append(latest.pending)
    wait_for_answers(qtbot, runner, asker)
    assert (page.answers, pending[-1]) == (["second"], False)


def test_an_answer_for_an_owner_that_is_gone_is_dropped(
    qtbot: QtBot, runner: JobRunner, asker: Asker, page: Page
) -> None:
    gate = Event()
    owner = QObject()
    asker.ask(owner, lambda _backend: gate.wait(5), page.take)
    asker.ask(owner, fail, page.take, page.take_failure)
    asker.ask(page, lambda _backend: "for a living one", page.take)
    with qtbot.waitSignal(owner.destroyed):
        owner.deleteLater()
    gate.set()
    wait_for_answers(qtbot, runner, asker)
    assert (page.answers, page.failures, page.sentences) == (["for a living one"], [], [])


def test_a_known_error_goes_to_who_asked(qtbot: QtBot, runner: JobRunner, asker: Asker, page: Page) -> None:
    asker.ask(page, fail, page.take, page.take_failure)
    wait_for_answers(qtbot, runner, asker)
    assert (page.failures, page.sentences, page.answers) == ([NO_FILE], [], [])
    assert page.threads == {QThread.currentThread()}


def test_a_known_error_nobody_waits_for_becomes_a_sentence(
    qtbot: QtBot, runner: JobRunner, asker: Asker, page: Page
) -> None:
    asker.ask(page, fail, page.take)
    wait_for_answers(qtbot, runner, asker)
    assert (page.sentences, page.bugs, page.answers) == (["The file is gone."], [], [])


@pytest.mark.expects_warning
def test_a_bug_comes_out_as_broke(qtbot: QtBot, runner: JobRunner, asker: Asker, page: Page) -> None:
    asker.ask(page, lambda _backend: int("a bug"), page.take, page.take_failure)
    wait_for_answers(qtbot, runner, asker)
    (bug,) = page.bugs
    assert isinstance(bug, ValueError)
    assert (page.answers, page.failures, page.sentences) == ([], [], [])


@pytest.mark.expects_warning
def test_a_bug_is_told_even_when_its_question_is_forgotten(
    qtbot: QtBot, runner: JobRunner, asker: Asker, page: Page
) -> None:
    asker.ask(page, lambda _backend: int("a bug"), page.take).forget()
    wait_for_answers(qtbot, runner, asker)
    assert [type(bug) for bug in page.bugs] == [ValueError]


def test_a_question_may_be_asked_from_an_answer(qtbot: QtBot, asker: Asker, page: Page) -> None:
    def then(answer: str) -> None:
        page.take(answer)
        asker.ask(page, lambda _backend: f"{answer} and more", page.take)

    asker.ask(page, lambda _backend: "one", then)
    qtbot.waitUntil(lambda: len(page.answers) == 2)
    assert page.answers == ["one", "one and more"]


def test_questions_asked_before_the_database_is_open_wait_for_it(
    qtbot: QtBot, runner: JobRunner, backend: Backend
) -> None:
    future: Future[Backend] = Future()
    asker, page = Asker(runner, future), Page()
    asker.ask(page, lambda backend: backend.database_path.name, page.take)
    future.set_result(backend)
    wait_for_answers(qtbot, runner, asker)
    assert page.answers == ["pump.db"]


def test_a_database_that_cannot_be_opened_fails_each_question(qtbot: QtBot, runner: JobRunner) -> None:
    future: Future[Backend] = Future()
    refused = StoreError("The database is damaged.")
    future.set_exception(refused)
    asker, page = Asker(runner, future), Page()
    for _ in range(3):
        asker.ask(page, lambda _backend: "never", page.take, page.take_failure)
    wait_for_answers(qtbot, runner, asker)
    assert page.failures == [refused] * 3
    assert page.answers == []


def test_questions_cut_off_by_the_end_are_let_go(qtbot: QtBot) -> None:
    runner = JobRunner("ended")
    future: Future[Backend] = Future()
    asker, page = Asker(runner, future), Page()
    assert runner.stop()
    asker.ask(page, lambda _backend: "never", page.take, page.take_failure)
    wait_for_answers(qtbot, runner, asker)
    assert (page.answers, page.failures) == ([], [])
