"""Whether a window can open here, found out before Qt would abort over it.

Qt ends the whole process when its platform plugin cannot start. So the same steps
are taken first, in a way that can fail politely: load the plugin with everything
it links (Qt needs those libraries a moment later anyway) and connect to the display.
"""

import ctypes
import importlib.util
import os
import socket
import sys
from pathlib import Path

from pruneview.cli.launch.system_libraries import install_command, missing_packages

_WINDOW_SYSTEMS = ("xcb", "wayland")
_SECONDS_FOR_REMOTE_DISPLAY = 3.0
_X_TCP_PORT = 6000


def display_problem() -> str | None:
    """Return a sentence saying why no window can open, or None where one can.

    Only Linux is examined: the other systems always have their window system.
    """
    if not sys.platform.startswith("linux"):
        return None
    spec = importlib.util.find_spec("PySide6")
    if spec is None or spec.origin is None:
        return "PySide6 is not installed: pip install pyside6-essentials."
    platforms = _platforms()
    if not platforms:
        return (
            "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set"
            " (over ssh, ssh -X sets one)."
        )
    folder = Path(spec.origin).parent / "Qt" / "plugins" / "platforms"
    problems = [_platform_problem(name, folder) for name in platforms]
    # Qt tries one after another, so one that works is enough.
    return None if None in problems else problems[0]


def _platforms() -> list[str]:
    """Return the platform plugins Qt will try, in its order."""
    named = os.environ.get("QT_QPA_PLATFORM", "")
    if named:
        return [part.partition(":")[0] for part in named.split(";") if part]
    found = []
    if os.environ.get("WAYLAND_DISPLAY"):
        found.append("wayland")
    if os.environ.get("DISPLAY"):
        found.append("xcb")
    return found


def _platform_problem(name: str, folder: Path) -> str | None:
    base = "wayland" if name.startswith("wayland") else name
    plugin = folder / f"libq{name}.so"
    if folder.is_dir() and not plugin.exists():
        known = ", ".join(sorted(p.stem[4:] for p in folder.glob("libq*.so")))
        return f"QT_QPA_PLATFORM names {name}, but Qt has only: {known}."
    if plugin.exists():
        try:
            ctypes.CDLL(str(plugin))
        except OSError as error:
            packages = missing_packages(base)
            if packages:
                return (
                    "System libraries that Qt needs are missing:"
                    f" {install_command(packages)}."
                )
            return f"Qt's {name} plugin cannot be loaded: {error}."
    if base not in _WINDOW_SYSTEMS:
        return None
    return _x11_problem() if base == "xcb" else _wayland_problem()


def _x11_problem() -> str | None:
    display = os.environ.get("DISPLAY", "")
    if not display:
        return "There is no display: DISPLAY is not set."
    host = _remote_host(display)
    if host is not None and not _answers(*host):
        return _unreachable("X server", display)
    # What Qt itself does; it knows every kind of socket and the keys to the server.
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return None
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_int)]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return _unreachable("X server", display) if failed else None


def _remote_host(display: str) -> tuple[str, int] | None:
    """Return host and port where `display` is reached through TCP."""
    host, _, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not host or host == "unix" or host.startswith("/") or not number.isdigit():
        return None
    return host.removeprefix("tcp/").strip("[]"), _X_TCP_PORT + int(number)


def _answers(host: str, port: int) -> bool:
    """Whether something listens; xcb alone would wait for minutes."""
    try:
        with socket.create_connection((host, port), _SECONDS_FOR_REMOTE_DISPLAY):
            return True
    except (OSError, UnicodeError, OverflowError):
        return False


def _wayland_problem() -> str | None:
    display = os.environ.get("WAYLAND_DISPLAY") or "wayland-0"
    path = Path(os.environ.get("XDG_RUNTIME_DIR", "/run"), display)
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return _unreachable("Wayland compositor", display)
    return None


def _unreachable(what: str, display: str) -> str:
    return (
        f"The {what} {display} cannot be reached: it is not running, or it does not"
        " let this user in."
    )
