"""Layouts as nested expressions."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QStyle, QWidget
from pytestqt.qtbot import QtBot

from pump_desktop.ui.kit.layout import STRETCH, aligned, hbox, stretch, vbox


def _box(width: int = 20, height: int = 10) -> QWidget:
    box = QWidget()
    box.setFixedSize(width, height)
    return box


def _laid_out(qtbot: QtBot, widget: QWidget, width: int, height: int) -> None:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    layout = widget.layout()
    assert layout is not None
    layout.activate()


def test_items_stand_in_order_with_spacing_and_room_between_them(qtbot: QtBot) -> None:
    page, first, second, last = QWidget(), _box(), _box(), _box()
    vbox(first, second, 7, last, STRETCH, into=page, spacing=3)
    _laid_out(qtbot, page, 100, 200)
    assert [part.y() for part in (first, second, last)] == [0, 13, 33]
    assert {part.x() for part in (first, second, last)} == {0}


def test_a_nested_layout_gets_its_share_and_its_widgets_the_page_as_parent(qtbot: QtBot) -> None:
    page, label, button, wide, narrow = QWidget(), _box(), _box(), QWidget(), QWidget()
    vbox(
        hbox(label, STRETCH, button),
        stretch(hbox(stretch(wide, 3), stretch(narrow), spacing=0)),
        into=page,
        spacing=0,
    )
    _laid_out(qtbot, page, 100, 110)
    assert (label.x(), button.x()) == (0, 80)
    assert wide.geometry() == QRect(0, 10, 75, 100)
    assert narrow.geometry() == QRect(75, 10, 25, 100)
    assert {part.parentWidget() for part in (label, button, wide, narrow)} == {page}


def test_empty_room_is_shared_by_its_factors(qtbot: QtBot) -> None:
    page, middle = QWidget(), _box()
    vbox(stretch(factor=2), middle, stretch(factor=3), into=page, spacing=0)
    _laid_out(qtbot, page, 50, 110)
    assert middle.y() == 40


def test_an_aligned_item_keeps_its_size(qtbot: QtBot) -> None:
    page, tall, top, bottom = QWidget(), _box(20, 60), _box(), _box()
    below = hbox(bottom)
    hbox(
        tall, aligned(top, Qt.AlignmentFlag.AlignTop), aligned(below, Qt.AlignmentFlag.AlignBottom), into=page
    )
    _laid_out(qtbot, page, 200, 60)
    assert (top.y(), top.height()) == (0, 10)
    assert (bottom.y(), bottom.height()) == (50, 10)


def test_margins_are_none_one_for_all_sides_four_or_those_of_the_style(qtbot: QtBot) -> None:
    def margins(layout: object) -> tuple[int, ...]:
        assert isinstance(layout, type(hbox()))
        held = layout.contentsMargins()
        return held.left(), held.top(), held.right(), held.bottom()

    page = QWidget()
    qtbot.addWidget(page)
    assert margins(hbox()) == (0, 0, 0, 0)
    assert margins(hbox(margins=5)) == (5, 5, 5, 5)
    assert margins(hbox(margins=(1, 2, 3, 4))) == (1, 2, 3, 4)
    style = page.style()
    of_the_style = hbox(into=page, margins=None)
    assert (
        margins(of_the_style)[0] == style.pixelMetric(QStyle.PixelMetric.PM_LayoutLeftMargin, None, page) > 0
    )
    assert of_the_style.spacing() == style.pixelMetric(
        QStyle.PixelMetric.PM_LayoutHorizontalSpacing, None, page
    )


def test_what_is_hidden_stays_hidden(qtbot: QtBot) -> None:
    page, hidden, after = QWidget(), _box(), _box()
    hidden.hide()
    vbox(hidden, after, STRETCH, into=page, spacing=9)
    _laid_out(qtbot, page, 50, 100)
    assert hidden.isHidden()
    assert after.y() == 0
