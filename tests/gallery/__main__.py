"""Takes a picture of every state of the window, in each theme at each size.

``python -m tests.gallery FOLDER`` starts the program on a virtual screen (Xvfb) for
each theme and size, goes through `STATES` and leaves ``THEME-SIZE/NN-STATE.png``.
Exits 1 where a state cannot be reached, and says which. A theme at one size takes about
two minutes, most of it two real runs; ``montage`` of ImageMagick makes contact sheets.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

from tests.virtual_screen import is_installed, x_server

_THEMES = ("light", "dark", "projector")
_SIZES = ("1024x700", "1600x900", "3840x2160")


def main() -> int:
    chosen = _arguments()
    if not is_installed():
        raise SystemExit("Xvfb and xauth are needed, and not both are installed.")
    failed = []
    for theme, size in product(chosen.theme or _THEMES, chosen.size or _SIZES):
        name = f"{theme}-{size}"
        print(name, flush=True)
        folder = chosen.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        with (
            tempfile.TemporaryDirectory() as home,
            x_server(Path(home), size) as screen,
        ):
            command = [
                sys.executable,
                "-m",
                "tests.gallery.visit",
                str(folder.resolve()),
            ]
            command += [home, theme, str(chosen.text)]
            environment = os.environ | screen
            environment |= {
                "QT_QPA_PLATFORM": "xcb",
                "QT_SCALE_FACTOR": str(chosen.scale),
                "XDG_CONFIG_HOME": home,
                "XDG_DATA_HOME": home,
            }
            if subprocess.run(command, env=environment, check=False).returncode:
                failed.append(name)
    if failed:
        print(f"Not every state was reached: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.gallery", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--theme", action="append", choices=_THEMES)
    parser.add_argument(
        "--size", action="append", help="of the screen, such as 1600x900"
    )
    parser.add_argument(
        "--scale", type=float, default=1.0, help="device pixels for one"
    )
    parser.add_argument("--text", type=int, default=100, help="size of letters in %%")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
