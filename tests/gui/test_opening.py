import h5py
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from pruneview.gui.views.layer_rows import Column
from pruneview.pruning.demo import demo_model
from pruneview.sparsity.pictures.picture import EXACT
from tests.gui.conftest import is_shown, log_of


def rows(program):
    view = program.window.layers.view
    model = view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_an_empty_window_says_what_to_do(program):
    from PySide6.QtWidgets import QLabel

    texts = [label.text() for label in program.window.heatmap.findChildren(QLabel)]
    assert any("Open a Keras model" in text for text in texts)
    assert not program.window.action("run").isEnabled()
    assert not program.window.action("save").isEnabled()


def test_a_model_is_listed_and_its_largest_kernel_shown(opened, qtbot):
    window = opened.window

    assert "conv_1" in rows(opened)
    assert opened.document.weight.path == "dense/kernel"
    assert demo_model().name in window.windowTitle()
    qtbot.waitUntil(lambda: "by deflate" in window.layers.totals_text, timeout=10_000)
    assert "167,866 parameters" in window.layers.totals_text
    assert "raw" in window.layers.totals_text


def test_the_table_counts_zeros(opened, qtbot):
    view = opened.window.layers.view
    model = view.model()
    dense = model.index(rows(opened).index("dense"), 0)
    bias = model.index(1, 0, dense)
    qtbot.waitUntil(
        lambda: bias.siblingAtColumn(Column.ZEROS).data() != "…", timeout=10_000
    )
    expected = next(
        weight.read()
        for layer in opened.document.model.layers
        for weight in layer.weights
        if weight.path == "dense/bias"
    )
    zeros = int((expected == 0).sum())
    assert bias.siblingAtColumn(Column.ZEROS).data() == str(zeros)
    assert zeros > 0


def test_a_bias_is_shown_as_a_strip(opened, qtbot):
    bias = opened.document.model.weight("conv_1/bias")
    opened.document.select(bias)
    qtbot.waitUntil(lambda: is_shown(opened), timeout=10_000)

    picture = opened.window.heatmap.plot.picture
    assert picture.block == EXACT
    assert picture.codes.shape == (1, 32)


def test_a_kernel_can_be_unrolled(opened, qtbot):
    from pruneview.sparsity.pictures.canvas import Arrangement

    opened.document.select(opened.document.model.weight("conv_2/kernel"))
    qtbot.waitUntil(lambda: is_shown(opened), timeout=10_000)
    slices = opened.window.heatmap.plot.picture.region
    opened.document.choose_arrangement(Arrangement.MATRIX)
    qtbot.waitUntil(lambda: is_shown(opened), timeout=10_000)

    region = opened.window.heatmap.plot.picture.region
    assert (region.height, region.width) == (3 * 3 * 32, 64)
    assert (slices.height, slices.width) != (region.height, region.width)


def test_the_value_under_the_cursor_is_the_weights(opened):
    panel = opened.window.heatmap
    panel.plot.cell_hovered.emit((5, 7))

    weight = opened.document.model.weight("dense/kernel").read()[5, 7]
    shown = panel.readout.replace("−", "-")
    assert shown.startswith("[5, 7] = ")
    assert float(shown.split("=")[1]) == pytest.approx(weight, rel=1e-3)


def test_zooming_in_shows_single_weights(opened, qtbot):
    plot = opened.window.heatmap.plot
    assert plot.picture.block != EXACT
    plot.zoom(8)
    qtbot.waitUntil(lambda: plot.picture.block == EXACT, timeout=5_000)
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_0)
    qtbot.waitUntil(lambda: plot.picture.block != EXACT, timeout=5_000)


def broken(tmp_path, kind):
    path = tmp_path / f"{kind}.keras"
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "truncated":
        path.write_bytes(demo_model().read_bytes()[:20_000])
    elif kind == "foreign":
        path.write_bytes(b"%PDF-1.7 and so on" * 50)
    elif kind == "lfs":
        path.write_text(
            "version https://git-lfs.github.com/spec/v1\n"
            f"oid sha256:{'0' * 64}\nsize 104857600\n"
        )
    elif kind == "no_model":
        with h5py.File(path, "w") as file:
            file["x"] = [1, 2, 3]
    return path


@pytest.mark.parametrize(
    "kind", ["missing", "empty", "truncated", "foreign", "lfs", "no_model"]
)
def test_what_cannot_be_opened_leaves_the_window_as_it_was(
    opened, qtbot, tmp_path, kind
):
    window = opened.window
    qtbot.waitUntil(lambda: not window.heatmap.plot.picture.coarse, timeout=10_000)
    title, picture = window.windowTitle(), window.heatmap.plot.picture
    opened.open(broken(tmp_path, kind))
    qtbot.waitUntil(window.banner.isVisible, timeout=10_000)

    assert len(window.banner.text) > 20
    assert "Traceback" not in window.banner.text
    assert window.banner.text in log_of(opened)
    assert "Traceback" not in log_of(opened)
    assert window.windowTitle() == title
    assert window.heatmap.plot.picture is picture
    assert opened.document.model.path == demo_model()


def drop(window, path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)


def test_a_dropped_model_is_opened_and_remembered(program, qtbot, tmp_path):
    copy = tmp_path / "mine.keras"
    copy.write_bytes(demo_model().read_bytes())

    drop(program.window, copy)
    qtbot.waitUntil(lambda: is_shown(program), timeout=10_000)

    assert program.settings.recent_files == [copy]


def test_dropped_data_become_the_runs_data(opened, tmp_path):
    drop(opened.window, tmp_path / "mine.npz")

    assert opened.plan.data.name == str(tmp_path / "mine.npz")


def test_opening_needs_no_tensorflow(models_folder):
    import subprocess
    import sys

    code = (
        "import sys, pruneview.gui.app, pruneview.formats as f\n"
        "with f.open_model(sys.argv[1]) as m: m.layers[1].weights[0].read()\n"
        "assert not {'tensorflow', 'keras', 'tf_keras'} & set(sys.modules)\n"
    )
    file = models_folder / "ad01.h5"
    subprocess.run([sys.executable, "-c", code, str(file)], check=True)
