"""Files, the model at rest, menus and dialogs."""

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QToolTip

from pruneview.formats import open_model
from pruneview.pruning.demo import demo_model
from tests.gallery.visitor import Visitor, models_folder


def empty_window(visitor: Visitor) -> None:
    visitor.program.features.complete()
    visitor.window.build_plots()


def conv_mosaic(visitor: Visitor) -> None:
    path = models_folder() / "pretrainedResnet.h5"
    visitor.open(path)
    with open_model(path) as model:
        kernels = [w for layer in model.layers for w in layer.weights if w.prunable]
    visitor.select(
        next(k.path for k in kernels if len(k.shape) == 4 and k.shape[2] > 3)
    )


def dense_kernel(visitor: Visitor) -> None:
    with open_model(models_folder() / "pretrainedResnet.h5") as model:
        weights = [w for layer in model.layers for w in layer.weights]
    visitor.select(next(w.path for w in weights if len(w.shape) == 2))
    plot = visitor.window.heatmap.plot
    visitor.point_at(plot.viewport())


def batch_normalisation(visitor: Visitor) -> None:
    with open_model(models_folder() / "pretrainedResnet.h5") as model:
        weights = [w for layer in model.layers for w in layer.weights]
    visitor.select(next(w.path for w in weights if w.name == "gamma"))


def broken_file(visitor: Visitor) -> None:
    path = visitor.home / "broken.keras"
    path.write_bytes(b"%PDF-1.7 and so on" * 50)
    visitor.program.open(path)
    visitor.until(visitor.window.banner.isVisible)


def nothing_to_train_on(visitor: Visitor) -> None:
    """Run is pressed, but no data were chosen."""
    visitor.window.banner.hide()
    visitor.act("run")
    visitor.until(visitor.window.banner.isVisible)


def consent(visitor: Visitor) -> None:
    visitor.window.banner.hide()
    visitor.program.open(models_folder() / "model_lambda.h5")
    visitor.until(lambda: bool(visitor.program.document.model.code))
    visitor.act("fidelity")
    visitor.until(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))


def demo_at_rest(visitor: Visitor) -> None:
    visitor.act("demo")
    visitor.until(lambda: visitor.program.document.model.path == demo_model())
    visitor.until(lambda: visitor.is_drawn)
    visitor.until(lambda: not visitor.program.pool.is_busy("statistics"))
    visitor.until(lambda: visitor.program.run.ready)


def tool_tip(visitor: Visitor) -> None:
    button = visitor.window._toolbar.widgetForAction(visitor.window.action("run"))
    visitor.point_at(button)
    visitor.until(QToolTip.isVisible)


def view_menu(visitor: Visitor) -> None:
    visitor.window.menus.menu("&View").popup(visitor.window.mapToGlobal(QPoint(90, 30)))


def run_menu(visitor: Visitor) -> None:
    visitor.window.menus.menu("&Run").popup(visitor.window.mapToGlobal(QPoint(90, 30)))


def display_box(visitor: Visitor) -> None:
    visitor.act("choose_display")


def magnitudes_sorted(visitor: Visitor) -> None:
    for name in ("show_magnitudes", "log_scale", "sort_by_norm"):
        visitor.act(name)
    visitor.until(lambda: visitor.is_drawn)


def marked(visitor: Visitor) -> None:
    for name in ("log_scale", "sort_by_norm", "show_signed"):
        visitor.act(name)
    visitor.window.heatmap.plot.zoom(12.0)
    visitor.until(lambda: visitor.is_drawn)
    visitor.act("mark_view")


def palette(visitor: Visitor) -> None:
    visitor.act("mark_view")
    visitor.act("fit")
    visitor.act("palette")
    box = QApplication.activeModalWidget()
    assert isinstance(box, QDialog)
    QTest.keyClicks(box.line, "spa")


def _dialog(visitor: Visitor, name: str) -> None:
    visitor.act(name)
    visitor.until(lambda: isinstance(QApplication.activeModalWidget(), QDialog))


def shortcuts(visitor: Visitor) -> None:
    _dialog(visitor, "change_keys")


def keys(visitor: Visitor) -> None:
    _dialog(visitor, "keys")


def export(visitor: Visitor) -> None:
    _dialog(visitor, "export")


def about(visitor: Visitor) -> None:
    _dialog(visitor, "about")


def glossary(visitor: Visitor) -> None:
    _dialog(visitor, "glossary")
