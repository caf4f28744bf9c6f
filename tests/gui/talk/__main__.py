"""Gives the talk: ``python -m tests.gui.talk FOLDER``, under a screen of its own.

The folder takes what is exported. Exit code 0: all was seen as it had to be.
"""

import argparse
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from pruneview.__main__ import main
from tests.gui.talk import last_scenes, scenes
from tests.gui.talk.speaker import Speaker, Story


def talk(speaker: Speaker, folder: Path, *, whole: bool) -> Story:
    """Tell all of it, or in the shortened form what needs no whole run."""
    yield from scenes.opening(speaker)
    yield from scenes.tour(speaker, whole=whole)
    yield from scenes.demo_run(speaker, whole=whole)
    yield from scenes.timeline(speaker)
    if whole:
        yield from last_scenes.comparison(speaker)
    yield from last_scenes.presentation(speaker)
    yield from last_scenes.exports(speaker, folder, whole=whole)
    speaker.press("Ctrl+Q")


def give() -> int:
    """Run the program as its command does, with somebody who uses it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--pictures", type=Path)
    chosen = parser.parse_args()
    app = QApplication(["pruneview"])
    # A cursor that blinks would never let the screen rest for a picture.
    app.setCursorFlashTime(0)
    speaker = Speaker(
        lambda speaker: talk(speaker, chosen.folder, whole=chosen.whole),
        chosen.pictures,
    )
    code = main([])
    return code if speaker.ended else 1


sys.exit(give())
