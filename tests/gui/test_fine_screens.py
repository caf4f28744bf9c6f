"""On a screen with two device pixels for each, in a process of its own."""

import os
import subprocess
import sys

_SCRIPT = """
import sys
import time
from PySide6.QtCore import QPointF, QSettings
from PySide6.QtWidgets import QApplication
app = QApplication([])
from pruneview.gui.icons import icon
from pruneview.gui.program import Program
from pruneview.gui.settings import Settings
from pruneview.gui.views.plots import pen
from pruneview.pruning.demo import demo_model
from pruneview.sparsity.pictures.picture import Region
from pruneview.trace import Trace
store = QSettings(sys.argv[1], QSettings.Format.IniFormat)
program = Program(Settings(store), Trace(None))
program._warm_up = lambda: None
window = program.window
window.show()
program.open(demo_model())
plot = window.heatmap.plot
until = time.monotonic() + 30
while time.monotonic() < until:
    app.processEvents()
    if plot.picture is not None and not plot.picture.coarse:
        break
for _ in range(50):
    app.processEvents()
assert plot.devicePixelRatioF() == 2.0
asked = []
plot.view_changed.connect(lambda *what: asked.append(what))
plot.ask()
region, down, across = asked[-1]
box = plot.getPlotItem().vb
share = region.height / box.viewRect().height()
assert abs(down - 2 * box.height() * share) <= 2, (down, box.height())
assert plot.grab().width() == 2 * plot.width()
assert pen("#000000", program.theme).widthF() == 2 * program.theme.curve_pixels
side = window._toolbar.iconSize()
drawn = window.action("open").icon().pixmap(side, 2.0)
assert drawn.width() == 2 * side.width(), drawn.size()
# A cell that is marked is where it is seen.
plot.select(Region(100, 200, 20, 60))
seen = box.mapSceneToView(box.mapViewToScene(QPointF(20.5, 100.5)))
assert (int(seen.x()), int(seen.y())) == (20, 100)
window.may_close = lambda: True
window.close()
program.shut_down()
print("whole")
"""


def test_pictures_lines_and_icons_use_every_pixel_of_a_fine_screen(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(tmp_path / "settings.ini")],
        env={**os.environ, "QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip().endswith("whole"), done.stderr[-2000:]
