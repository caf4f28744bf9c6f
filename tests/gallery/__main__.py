"""Takes a picture of every state of the window, in each theme at each size.

``python -m tests.gallery FOLDER`` starts the program on a virtual screen (Xvfb) for
each theme and size, goes through `STATES` and leaves ``THEME-SIZE/NN-STATE.png``.
Exits 1 where a state cannot be reached, and says which. A theme at one size takes about
two minutes, most of it two real runs; ``montage`` of ImageMagick makes contact sheets.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

_THEMES = ("light", "dark", "projector")
_SIZES = ("1024x700", "1600x900", "3840x2160")


def main() -> int:
    chosen = _arguments()
    failed = []
    for theme, size in product(chosen.theme or _THEMES, chosen.size or _SIZES):
        name = f"{theme}-{size}"
        print(name, flush=True)
        folder = chosen.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as home, _screen(size) as environment:
            command = [
                sys.executable,
                "-m",
                "tests.gallery.visit",
                str(folder.resolve()),
            ]
            command += [home, theme, str(chosen.text)]
            environment |= {
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


@contextlib.contextmanager
def _screen(size: str) -> Iterator[dict[str, str]]:
    """Yield an environment whose display is a screen of that size."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size}x24"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            display = f":{answer.readline().strip()}"
        yield os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
