"""Units that go together: followed on the heatmap, cut, and seen leaving."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from pruneview.formats import open_model
from pruneview.gui.features.structured.coupling import Coupling
from pruneview.gui.features.structured.feature import StructuredFeature
from pruneview.gui.features.structured.timeline import Timeline
from pruneview.pruning.demo import demo_model
from pruneview.pruning.structured.graph import graph_of_file


@pytest.fixture
def feature(opened, qtbot):
    """The panel open on the demo, its units scored."""
    opened.commands.carry_out("units")
    feature = opened.features.find(StructuredFeature)
    qtbot.waitUntil(lambda: bool(feature.controller.keep), timeout=10_000)
    return feature


def show(program, qtbot, path):
    program.document.select(program.document.model.weight(path))
    qtbot.waitUntil(
        lambda: (
            program.window.heatmap.plot.picture is not None
            and program.features.find(StructuredFeature).controller._weight.path == path
        ),
        timeout=10_000,
    )


def point_at(program, cell):
    """Return where a cell of the heatmap is, in its viewport."""
    plot = program.window.heatmap.plot
    centre = QPointF(cell[1] + 0.5, cell[0] + 0.5)
    return plot.mapFromScene(plot.getPlotItem().vb.mapViewToScene(centre))


def rows_of(feature):
    return feature.panel.units.cells()


def test_pointing_lists_what_goes_together(feature, opened, qtbot):
    show(opened, qtbot, "dense/kernel")
    plot = opened.window.heatmap.plot
    qtbot.mouseMove(plot.viewport(), point_at(opened, (500, 30)))
    qtbot.waitUntil(lambda: bool(rows_of(feature)))
    assert rows_of(feature) == [
        ["dense/kernel", "column 30", "makes it"],
        ["dense/bias", "entry 30", "makes it"],
        ["digit/kernel", "row 30", "reads it"],
    ]
    assert "Neuron 30 of dense" in feature.panel.units.title.text()
    assert feature.panel.on_heatmap.unit.number == 1


def test_a_click_holds_the_unit_and_a_row_leads_to_its_weight(feature, opened, qtbot):
    show(opened, qtbot, "conv_2/kernel")
    plot = opened.window.heatmap.plot
    # Filter 3: tiles of three cells with a gap of one.
    place = point_at(opened, (5, 13))
    qtbot.mouseMove(plot.viewport(), place)
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert feature.controller.held
    listed = rows_of(feature)
    assert listed[-1] == ["dense/kernel", "rows 3, 67, 131, 195, … (16)", "reads it"]
    tree = feature.panel.units.rows
    tree.setCurrentItem(tree.topLevelItem(len(listed) - 1))
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert opened.document.weight.path == "dense/kernel"
    qtbot.waitUntil(lambda: feature.panel.on_heatmap.unit.number == 16)
    # The same unit, wherever the cursor goes, until it is let go.
    feature.controller.hover((500, 30))
    assert rows_of(feature) == listed
    opened.commands.carry_out("hold_unit")
    feature.controller.hover((500, 30))
    assert rows_of(feature) != listed

    # By keys, from unit to unit.
    feature.controller.unit = None
    for _ in range(3):
        opened.commands.carry_out("next_unit")
    opened.commands.carry_out("previous_unit")
    assert rows_of(feature)[0][1] == "column 1"


def test_bars_lie_under_their_columns(feature, opened, qtbot):
    show(opened, qtbot, "dense/kernel")
    qtbot.waitUntil(lambda: feature.panel.on_heatmap.below.bars is not None)
    with open_model(demo_model()) as model:
        kernel = model.weight("dense/kernel").read()
    bars = feature.panel.on_heatmap.below.bars
    norms = np.linalg.norm(kernel, axis=0)
    assert np.corrcoef(bars.heights, norms)[0, 1] > 0.999
    assert bars.starts.tolist() == list(range(144))
    plot = opened.window.heatmap.plot
    plot.zoom(3.0)
    strip = feature.panel.on_heatmap.below._box
    for box in (strip, plot.getPlotItem().vb):
        assert box.viewRange()[0] == pytest.approx(strip.viewRange()[0], rel=1e-3)
    assert strip.sceneBoundingRect().left() == pytest.approx(
        plot.getPlotItem().vb.sceneBoundingRect().left(), abs=1
    )
    feature.controller.follow("consumes")
    assert feature.panel.on_heatmap.below.bars is None
    assert len(feature.panel.on_heatmap.beside.bars.starts) == 1024


def test_the_line_cuts_what_lies_below(feature, opened, qtbot):
    show(opened, qtbot, "dense/kernel")
    controller, heatmap = feature.controller, feature.panel.on_heatmap
    scores = np.sort(controller.choice.scores.by_group["dense"])
    line = heatmap.below.line
    line.setValue((scores[9] + scores[10]) / 2)
    line.sigDragged.emit(line)
    assert (~controller.keep["dense"]).sum() == 10
    assert feature.panel.units.cut.value() == 10
    assert heatmap.below.bars.gone.sum() == 10
    assert scores[9] < heatmap.below.bars.line < scores[10]
    opened.commands.carry_out("raise_cut")
    assert (~controller.keep["dense"]).sum() == 11
    opened.commands.carry_out("lower_cut")
    qtbot.keyClick(feature.panel.units.cut, Qt.Key.Key_Up)
    qtbot.keyClick(feature.panel.units.cut, Qt.Key.Key_Up)
    assert (~controller.keep["dense"]).sum() == 12
    # Counted by hand: 16 of 32 filters, 32 of 64, and 132 of 144 neurons are left.
    left = (9 * 16 + 16) + (9 * 16 * 32 + 32) + (16 * 32 * 132 + 132) + (132 * 10 + 10)
    assert f"{left:,} of 167,866 parameters" in feature.panel.units.summary.text()
    line.setValue(1e9)
    line.sigDragged.emit(line)
    assert controller.keep["dense"].sum() == 1
    feature.panel.units.same.click()
    assert (~controller.keep["dense"]).sum() == 72


def test_another_criterion_scores_anew(feature, opened, qtbot):
    before = feature.controller.choice.scores
    feature.panel.units.criterion.setCurrentText("random")
    feature.panel.units.criterion.activated.emit(0)
    qtbot.waitUntil(lambda: feature.controller.choice.scores not in (None, before))
    assert feature.controller.choice.scores.criterion == "random"
    feature.panel.units.criterion.setCurrentText("taylor")
    feature.panel.units.criterion.activated.emit(0)
    qtbot.waitUntil(lambda: "gradients" in feature.panel.units.message.text())
    # What another criterion chose is not to be seen under this one's name.
    assert not feature.controller.keep
    assert feature.panel.on_heatmap.gone.number == 0


def play(feature, opened, until):
    """Let the animation's own time pass, without waiting for it."""
    player = feature.panel.on_heatmap.player
    for _ in range(10_000):
        if until(player.timeline):
            return
        player.timeline.advance(0.05)
    pytest.fail("the animation does not get there")


def test_the_matrix_closes_up_and_can_be_repeated(feature, opened, qtbot):
    opened.window.resize(1400, 900)
    show(opened, qtbot, "dense/kernel")
    # Else each pixel stands for some row that leaves.
    plot = opened.window.heatmap.plot
    qtbot.waitUntil(lambda: plot.picture.block[0] <= 3, timeout=10_000)
    heatmap = feature.panel.on_heatmap
    opened.commands.carry_out("step_closing")
    play(feature, opened, lambda timeline: not timeline.running)
    heatmap.tick()
    frame = heatmap.player.frame
    assert (frame.width, frame.height) == (144, 1024)
    assert {0, 255} <= set(np.unique(frame.opacity))
    opened.commands.carry_out("step_closing")
    play(feature, opened, lambda timeline: timeline.finished)
    heatmap.tick()
    assert heatmap.player.frame.width == pytest.approx(72)
    assert heatmap.player.frame.height == pytest.approx(512)
    assert not heatmap.gone.isVisible()
    # Hovering means nothing now: cells are elsewhere.
    opened.window.heatmap.plot.cell_hovered.emit((0, 0))
    assert not rows_of(feature)
    assert not opened.window.heatmap.readout
    opened.commands.carry_out("play_closing")
    assert heatmap.player.timeline.now == 0
    opened.commands.carry_out("reset_closing")
    assert heatmap.gone.isVisible()
    assert heatmap.player.frame is None

    # Another weight ends it.
    opened.commands.carry_out("play_closing")
    show(opened, qtbot, "conv_1/kernel")
    assert feature.panel.on_heatmap.player.timeline is None


def test_units_leave_one_at_a_time():
    timeline = Timeline(3, one_by_one=True)
    timeline.step()
    timeline.advance(0.125)
    assert timeline.progress().tolist() == [0.5, 0, 0]
    timeline.advance(100)
    assert timeline.progress().tolist() == [2, 0, 0]
    assert not timeline.running
    timeline.play()
    timeline.advance(100)
    assert timeline.progress().tolist() == [2, 2, 2]
    timeline.step()
    timeline.advance(100)
    assert timeline.progress().tolist() == [2, 0, 0]


def test_all_have_names_and_units_leave_by_score(feature, opened, qtbot):
    show(opened, qtbot, "digit/kernel")
    from PySide6.QtWidgets import (
        QAbstractButton,
        QAbstractSpinBox,
        QComboBox,
        QTreeView,
    )

    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QTreeView)
    for panel in (feature.panel.units, feature.panel.form):
        for kind in kinds:
            for widget in panel.findChildren(kind):
                named = widget.accessibleName() or getattr(widget, "text", str)()
                assert named, widget
                assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget

    order = feature.controller.leaving_order()
    coupling, scores = feature.controller.coupling, feature.controller.choice.scores
    units = [coupling.unit(number) for number in order]
    values = [scores.by_group[u.group.id][u.number] for u in units]
    assert len(order) == 72
    assert values == sorted(values)


def test_a_ratio_that_would_empty_a_layer_is_refused(feature, opened):
    form, before = feature.panel.form, feature.controller.keep
    form.floor.setValue(0)
    form.ratio.setValue(0.999)
    assert "would leave none" in form.problem("ratio")
    form.ratio.setValue(1.0)
    assert "not including 1" in form.problem("ratio")
    assert feature.controller.keep.keys() == before.keys()
    form.ratio.setValue(0.25)
    assert not form.problem("ratio")
    assert (~feature.controller.keep["dense"]).sum() == 36


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("textgenrnn_weights.hdf5", "not how the layers are connected"),
        ("misc_1.h5", "No units can be removed"),
    ],
)
def test_models_without_removable_units_get_a_sentence(
    feature, qtbot, models_folder, name, words
):
    opened = feature.program
    opened.open(models_folder / name)
    qtbot.waitUntil(lambda: words in feature.panel.units.message.text(), timeout=10_000)
    assert not feature.controller.keep
    assert not feature.panel.units.cut.isEnabled()
    assert feature.panel.on_heatmap.gone.number == 0


def test_hidden_it_leaves_the_heatmap_alone(feature, opened, qtbot):
    show(opened, qtbot, "dense/kernel")
    assert feature.panel.on_heatmap.gone.number
    feature.dock.hide()
    assert not feature.panel.on_heatmap.gone.number
    assert feature.panel.on_heatmap.below.bars is None
    assert not opened.window.action("play_closing").isEnabled()


def test_coupled_rows_add_up_to_the_parameters_of_a_unit():
    with open_model(demo_model()) as model:
        coupling = Coupling(model, graph_of_file(model))
        whole = {g.id: np.ones(g.size, bool) for g in coupling.removable}
        assert coupling.parameters_left(whole) == coupling.parameters
        for group in coupling.removable:
            one = {group.id: np.arange(group.size) != 1}
            rows = coupling.rows(coupling.unit_at(*first_of(group, 1)))
            lost = coupling.parameters - coupling.parameters_left(one)
            assert lost == sum(row.count for row in rows)


def first_of(group, number):
    member = next(m for m in group.members if len(m.indices(number)))
    index = [0] * 4
    index[member.axis] = int(member.indices(number)[0])
    return member.weight_path, tuple(index), member.role
