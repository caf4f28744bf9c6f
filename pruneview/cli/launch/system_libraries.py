"""The system libraries that Qt's own files link, and which packages bring them."""

import ctypes
import shutil
from collections.abc import Callable, Iterable

# Every Qt program links these through QtCore and QtGui: library, Debian, Fedora.
_GUI = (
    ("libEGL.so.1", "libegl1", "libglvnd-egl"),
    ("libGL.so.1", "libgl1", "libglvnd-glx"),
    ("libX11.so.6", "libx11-6", "libX11"),
    ("libdbus-1.so.3", "libdbus-1-3", "dbus-libs"),
    ("libfontconfig.so.1", "libfontconfig1", "fontconfig"),
    ("libfreetype.so.6", "libfreetype6", "freetype"),
    ("libglib-2.0.so.0", "libglib2.0-0", "glib2"),
    ("libgthread-2.0.so.0", "libglib2.0-0", "glib2"),
    ("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon"),
    ("libz.so.1", "zlib1g", "zlib"),
    ("libzstd.so.1", "libzstd1", "libzstd"),
)
_PLATFORM = {
    "xcb": (
        ("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb"),
        ("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
        ("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
        ("libxcb-image.so.0", "libxcb-image0", "xcb-util-image"),
        ("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
        ("libxcb-randr.so.0", "libxcb-randr0", "libxcb"),
        ("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil"),
        ("libxcb-render.so.0", "libxcb-render0", "libxcb"),
        ("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
        ("libxcb-shm.so.0", "libxcb-shm0", "libxcb"),
        ("libxcb-sync.so.1", "libxcb-sync1", "libxcb"),
        ("libxcb-util.so.1", "libxcb-util1", "xcb-util"),
        ("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb"),
        ("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb"),
        ("libxcb.so.1", "libxcb1", "libxcb"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
    ),
    "wayland": (
        ("libwayland-client.so.0", "libwayland-client0", "libwayland-client"),
        ("libwayland-cursor.so.0", "libwayland-cursor0", "libwayland-cursor"),
    ),
}


def missing_packages(
    platform: str,
    load: Callable[[str], object] = ctypes.CDLL,
    fedora: bool | None = None,
) -> list[str]:
    """Return the packages whose libraries cannot be loaded, sorted, once each.

    Parameters
    ----------
    platform
        Qt's name of the platform plugin, for example ``xcb``.
    load
        Loads a library by its name and raises OSError where it cannot.
    fedora
        Whether to give Fedora's names in place of Debian's; None finds out.
    """
    if fedora is None:
        fedora = not shutil.which("apt-get") and bool(shutil.which("dnf"))
    wanted: Iterable[tuple[str, str, str]] = _GUI + _PLATFORM.get(platform, ())
    return sorted(
        {row[2 if fedora else 1] for row in wanted if not _loads(row[0], load)}
    )


def install_command(packages: Iterable[str]) -> str:
    """Return the command that installs `packages` on this system."""
    apt = shutil.which("apt-get") or not shutil.which("dnf")
    return f"sudo {'apt-get' if apt else 'dnf'} install {' '.join(packages)}"


def _loads(name: str, load: Callable[[str], object]) -> bool:
    try:
        load(name)
    except OSError:
        return False
    return True
