"""An X server without a screen, for what has to be seen in a real window."""

import contextlib
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


def is_installed() -> bool:
    """Whether there is what `x_server` runs."""
    return None not in (shutil.which("Xvfb"), shutil.which("xauth"))


@contextlib.contextmanager
def virtual_screen(folder: Path, size: str = "1280x720") -> Iterator[dict[str, str]]:
    """Run an `x_server` for a test, which is skipped where there is none."""
    if not is_installed():
        pytest.skip("Xvfb and xauth are not installed")
    with x_server(folder, size) as variables:
        yield variables


@contextlib.contextmanager
def x_server(folder: Path, size: str) -> Iterator[dict[str, str]]:
    """Run a server that lets in only who has the key.

    Parameters
    ----------
    folder
        Where the key is kept.
    size
        Pixels across and down.

    Yields
    ------
    dict
        The variables by which a program finds the server and its key.
    """
    key = folder / "key"
    reading, writing = os.pipe()
    cookie = secrets.token_hex(16)
    subprocess.run(
        ["xauth", "-q", "-f", key, "add", ":0", "MIT-MAGIC-COOKIE-1", cookie],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    command = ["Xvfb", "-displayfd", str(writing), "-auth", str(key)]
    server = subprocess.Popen(
        [*command, "-nolisten", "tcp", "-screen", "0", f"{size}x24"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            display = f":{answer.readline().strip()}"
        assert display != ":", "Xvfb did not start"
        subprocess.run(
            ["xauth", "-q", "-f", key, "add", display, "MIT-MAGIC-COOKIE-1", cookie],
            check=True,
        )
        yield {"DISPLAY": display, "XAUTHORITY": str(key)}
    finally:
        server.terminate()
        server.wait(10)
