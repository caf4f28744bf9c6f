"""The talk can be given: in a real window, on a real X server, with keys and mouse.

``PRUNEVIEW_TALK`` names a folder: then the whole of it is given, which takes minutes,
and a picture of each station is left there, with what was exported.
``PRUNEVIEW_TALK_SIZE`` (1280x720) and ``PRUNEVIEW_TALK_THEME`` (light) say how it
looks.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.virtual_screen import virtual_screen

_SECONDS_AT_MOST = {True: 1200, False: 200}


def test_the_talk_can_be_given(tmp_path):
    pictures = os.environ.get("PRUNEVIEW_TALK")
    size = os.environ.get("PRUNEVIEW_TALK_SIZE", "1280x720")
    settings = tmp_path / "config" / "pruneview" / "pruneview.conf"
    settings.parent.mkdir(parents=True)
    theme = os.environ.get("PRUNEVIEW_TALK_THEME", "light")
    settings.write_text(f"[General]\ntheme={theme}\n")
    own = {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "QT_QPA_PLATFORM": "xcb",
    }
    folder = tmp_path if pictures is None else Path(pictures).absolute()
    command = [sys.executable, "-m", "tests.gui.talk", folder / "exports"]
    if pictures is not None:
        command += ["--whole", "--pictures", folder]
    with virtual_screen(tmp_path, size) as variables:
        ended = subprocess.run(
            command,
            cwd=Path(__file__).parents[3],
            env={**os.environ, **own, **variables},
            capture_output=True,
            text=True,
            timeout=_SECONDS_AT_MOST[pictures is not None],
            check=False,
        )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
