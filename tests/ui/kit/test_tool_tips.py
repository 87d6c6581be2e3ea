"""No tool tip takes what it says for HTML: a seed must not make Qt open a picture."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QObject
from PySide6.QtGui import QImage, Qt, QTextDocument
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

import pump_desktop.qt.tables
import pump_desktop.ui
from pump_desktop.domain.alert_notices import AlertRaised, RuleState, RuleStatus
from pump_desktop.domain.alerts import AlertRule
from pump_desktop.domain.batch import CheckedPair, PairState, QueuedPair, ScannedPair
from pump_desktop.domain.game import Difficulty
from pump_desktop.domain.imports import ImportPreview, ImportReport, ImportSample
from pump_desktop.domain.live import BetRow, StreamRow
from pump_desktop.domain.requests import VerifyRequest
from pump_desktop.domain.runs import RunGroup, RunRow
from pump_desktop.domain.storage import Backup, StreamPruning
from pump_desktop.engine.verify import derive
from pump_desktop.qt.tables.alerts import AlertRulesModel, AlertsModel
from pump_desktop.qt.tables.bet_columns import BetColumns
from pump_desktop.qt.tables.bets import BetsModel
from pump_desktop.qt.tables.compare import CompareModel, SidesModel, TestsModel
from pump_desktop.qt.tables.imports import (
    MessagesModel,
    PreviewModel,
    RefusalsModel,
    SampleModel,
    SeenMessage,
)
from pump_desktop.qt.tables.queue import PairsModel, QueueModel
from pump_desktop.qt.tables.rows import RowsModel
from pump_desktop.qt.tables.run_figures import DistributionModel, HitsModel
from pump_desktop.qt.tables.runs import RunGroupsModel, RunsModel
from pump_desktop.qt.tables.sentences import Sentence, SentencesModel
from pump_desktop.qt.tables.small import BackupsModel, PeaksModel, PicksModel, PruningModel, RangesModel
from pump_desktop.qt.tables.streams import StreamsModel
from pump_desktop.qt.text.foreign import plain_notice, plain_tip, plain_words
from pump_desktop.qt.work.jobs import JobRunner
from pump_desktop.qt.work.queue import ScanQueue
from pump_desktop.qt.work.scans import Scans
from pump_desktop.services.compare.compare import Comparison
from pump_desktop.services.live.board import Peak
from pump_desktop.stats.distribution import distribution
from pump_desktop.ui.compare.picker import Choice, Pick, PickModel, PickStreamsModel
from pump_desktop.ui.main.palette import EntriesModel, Entry
from tests.hostile import MARKUP, filled

NOON = datetime(2026, 5, 9, 12, tzinfo=UTC)
TIP = Qt.ItemDataRole.ToolTipRole
pytestmark = pytest.mark.usefixtures("qapp")


def _queue() -> QueueModel:
    runner = JobRunner("none")
    assert runner.stop()
    queue = ScanQueue(Scans(runner, Future()))
    # As they stand; to add them would start a scan.
    scanned = filled(ScannedPair, counts=(1,) * 25)
    states = (PairState.DONE, PairState.FAILED)
    queue._pairs = [filled(QueuedPair, state=state, scanned=scanned) for state in states]
    model = QueueModel(queue)
    queue.setParent(model)
    return model


def _show_rules(model: AlertRulesModel) -> None:
    rule = filled(AlertRule)
    model.set_rules([rule], [filled(RuleStatus, rule_id=rule.id, state=RuleState.FAILED)], {})


def _show_groups(model: RunGroupsModel) -> None:
    group = filled(RunGroup)
    model.set_groups([group], 1, 1, {group.pair: [filled(RunRow)]})


def _show_picks(model: PicksModel) -> None:
    model.show(derive(VerifyRequest(MARKUP, MARKUP, 7, Difficulty.EXPERT)), Difficulty.EXPERT)


# Every model of the program: how one is made, and how it gets rows that hold markup wherever they hold text.
MODELS: dict[type, tuple[Callable[[], Any], Callable[[Any], object]]] = {
    AlertRulesModel: (AlertRulesModel, _show_rules),
    AlertsModel: (lambda: AlertsModel(lambda: NOON), lambda m: m.set_notices([filled(AlertRaised)])),
    BackupsModel: (BackupsModel, lambda m: m.set_rows([filled(Backup)])),
    BetsModel: (
        lambda: BetsModel(lambda: NOON),
        lambda m: m.start(BetColumns([filled(BetRow)]), more=False),
    ),
    CompareModel: (CompareModel, lambda m: m.set_comparison(filled(Comparison))),
    DistributionModel: (
        DistributionModel,
        lambda m: m.set_distribution(distribution(Difficulty.EXPERT, [7] * 16)),
    ),
    EntriesModel: (
        lambda: EntriesModel(QApplication.instance() or QObject()),
        lambda m: m.set_entries([filled(Entry)]),
    ),
    HitsModel: (
        HitsModel,
        lambda m: m.set_hits(Difficulty.EXPERT, np.array([7], np.int64), np.array([7], np.uint8)),
    ),
    MessagesModel: (MessagesModel, lambda m: m.set_rows([filled(SeenMessage)])),
    PairsModel: (
        PairsModel,
        lambda m: m.set_pairs((filled(CheckedPair), filled(CheckedPair, request=None))),
    ),
    PeaksModel: (PeaksModel, lambda m: m.set_peaks([filled(Peak)])),
    PickModel: (lambda: PickModel(Choice(())), lambda m: m.set_rows([filled(RunRow)], 1)),
    PickStreamsModel: (lambda: PickStreamsModel(Choice(())), lambda m: m.set_picks([filled(Pick)], NOON)),
    PicksModel: (PicksModel, _show_picks),
    PreviewModel: (PreviewModel, lambda m: m.show_preview(filled(ImportPreview))),
    PruningModel: (PruningModel, lambda m: m.set_rows([filled(StreamPruning)])),
    QueueModel: (_queue, lambda m: m.set_figures({})),
    RangesModel: (
        lambda: RangesModel(("Nonce", "Bets"), spans=False),
        lambda m: m.set_pairs([(7, 2)]),
    ),
    RefusalsModel: (RefusalsModel, lambda m: m.show_report(filled(ImportReport))),
    RunGroupsModel: (RunGroupsModel, _show_groups),
    RunsModel: (RunsModel, lambda m: m.set_rows([filled(RunRow), filled(RunRow, name="")], 2)),
    SampleModel: (SampleModel, lambda m: m.show_sample(filled(ImportSample))),
    SentencesModel: (SentencesModel, lambda m: m.set_sentences([filled(Sentence)])),
    SidesModel: (SidesModel, lambda m: m.set_comparison(filled(Comparison))),
    StreamsModel: (lambda: StreamsModel(lambda: NOON), lambda m: m.set_streams([filled(StreamRow)])),
    TestsModel: (TestsModel, lambda m: m.set_comparison(filled(Comparison))),
}


def alive(text: object) -> bool:
    """Tell whether Qt would take something of the markup for HTML."""
    return isinstance(text, str) and Qt.mightBeRichText(text) and ("<img" in text or "<b>" in text)


def kinds(of: type[Any]) -> Iterator[type[Any]]:
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_every_model_of_the_program_is_tried() -> None:
    for package in (pump_desktop.qt.tables, pump_desktop.ui):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    found = {kind for kind in kinds(QAbstractItemModel) if kind.__module__.startswith("pump_desktop")}
    # These two have rows only in the models made of them.
    bases = {RowsModel, CompareModel.__base__}
    assert found - bases == set(MODELS)


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)
def test_no_tool_tip_of_a_model_is_html_from_outside(kind: type) -> None:
    make, show = MODELS[kind]
    model = make()
    show(model)
    assert model.rowCount() > 0
    columns = range(1 if isinstance(model, QAbstractListModel) else model.columnCount())
    found = [model.index(row, column).data(TIP) for row in range(model.rowCount()) for column in columns]
    found += [model.headerData(column, Qt.Orientation.Horizontal, TIP) for column in columns]
    assert not [tip for tip in found if alive(tip)]
    model.deleteLater()


def test_a_tool_tip_opens_no_picture_and_shows_every_letter(qtbot: QtBot, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    assert QImage(50, 300, QImage.Format.Format_RGB32).save(str(picture))
    seed = f'<img src="{picture.as_uri()}">\n  a & b &lt;'
    as_it_came, safe = QLabel(seed), QLabel(plain_tip(seed))
    for label in (as_it_came, safe):
        # As the window of a tool tip is.
        assert label.textFormat() is Qt.TextFormat.AutoText
        qtbot.addWidget(label)
    assert as_it_came.sizeHint().height() >= 300
    assert safe.sizeHint().height() < 100
    shown = QTextDocument()
    shown.setHtml(plain_tip(seed))
    assert shown.toPlainText() == seed


@pytest.mark.parametrize("text", ["", "zXv1upuFns", "1 < 2 & 3 > 2", "a\nb"])
def test_a_tool_tip_without_markup_stays_as_it_is(text: str) -> None:
    assert plain_tip(text) == text


def test_a_notice_holds_no_markup_whether_it_is_read_or_not() -> None:
    assert plain_notice(MARKUP) == '‹img src="file:///a.png"›‹b›a & b‹/b›'


def test_an_ampersand_in_a_name_underlines_nothing() -> None:
    assert plain_words("a & b") == "a && b"
