"""Where no window can open there is a sentence and exit 2, never an abort from Qt."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pruneview.cli.launch import display
from pruneview.cli.launch.display import display_problem
from pruneview.cli.launch.system_libraries import missing_packages
from tests.virtual_screen import virtual_screen

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux can lack a display"
)
VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XAUTHORITY")


@pytest.fixture
def bare(monkeypatch):
    """No variable that tells of a display; set those that a test is about."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture(scope="module")
def x_server(tmp_path_factory):
    """An X server that lets in only who has the key: its display, and the key."""
    with virtual_screen(tmp_path_factory.mktemp("x")) as variables:
        yield variables["DISPLAY"], variables["XAUTHORITY"]


def run(command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in VARIABLES}
    return subprocess.run(
        command,
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "neither DISPLAY nor WAYLAND_DISPLAY is set"),
        ({"DISPLAY": ":4711"}, "X server :4711 cannot be reached"),
        ({"DISPLAY": "nonsense"}, "X server nonsense cannot be reached"),
        ({"QT_QPA_PLATFORM": "xcb"}, "DISPLAY is not set"),
        ({"QT_QPA_PLATFORM": "nonsense"}, "QT_QPA_PLATFORM names nonsense"),
    ],
)
def test_without_a_display_a_sentence_and_exit_2(variables, said) -> None:
    ended = run([sys.executable, "-m", "pruneview"], **variables)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "pruneview inspect" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_server_that_answers_is_no_problem(bare, x_server) -> None:
    number, key = x_server
    bare.setenv("DISPLAY", number)
    bare.setenv("XAUTHORITY", str(key))
    assert display_problem() is None


def test_a_server_that_lets_nobody_in_is_unreachable(bare, x_server, tmp_path) -> None:
    number, _ = x_server
    bare.setenv("DISPLAY", number)
    bare.setenv("XAUTHORITY", str(tmp_path / "no key"))
    assert "does not let this user in" in (display_problem() or "")


def test_a_remote_display_that_is_down_is_soon_known(bare) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))  # bound, and nobody listens
        number = probe.getsockname()[1] - 6000
        bare.setenv("DISPLAY", f"127.0.0.1:{number}.0")
        started = time.monotonic()
        assert "cannot be reached" in (display_problem() or "")
        assert time.monotonic() - started < 5


def test_a_remote_display_that_never_answers_is_given_up(bare) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        # Nobody accepts: once the queue is full, a connection waits for ever.
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(address)
        bare.setattr(display, "_SECONDS_FOR_REMOTE_DISPLAY", 0.1)
        bare.setenv("DISPLAY", f"127.0.0.1:{address[1] - 6000}")
        started = time.monotonic()
        assert "cannot be reached" in (display_problem() or "")
        assert time.monotonic() - started < 2
        for client in waiting:
            client.close()


@pytest.mark.parametrize(
    ("text", "host"),
    [
        (":0", None),
        ("unix:0", None),
        ("/tmp/launch-x/org.xquartz:0", None),
        ("localhost:10.0", ("localhost", 6010)),
        ("tcp/example:1", ("example", 6001)),
        ("[::1]:2.1", ("::1", 6002)),
    ],
)
def test_which_displays_are_reached_through_tcp(text, host) -> None:
    assert display._remote_host(text) == host


def test_a_wayland_socket_is_enough(bare, tmp_path) -> None:
    bare.setenv("WAYLAND_DISPLAY", "wayland-test")
    bare.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert "cannot be reached" in (display._wayland_problem() or "")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-test"))
        server.listen()
        assert display._wayland_problem() is None


def test_offscreen_needs_no_display(bare) -> None:
    bare.setenv("QT_QPA_PLATFORM", "offscreen:size=640x480")
    assert display_problem() is None


def test_one_platform_that_works_is_enough(bare) -> None:
    bare.setenv("QT_QPA_PLATFORM", "xcb;offscreen")
    assert display_problem() is None


def test_missing_libraries_are_all_named_once() -> None:
    gone = {"libxcb-cursor.so.0", "libglib-2.0.so.0", "libgthread-2.0.so.0"}

    def load(name: str) -> None:
        if name in gone:
            raise OSError(name)

    assert missing_packages("xcb", load, fedora=False) == [
        "libglib2.0-0",
        "libxcb-cursor0",
    ]
    assert missing_packages("xcb", load, fedora=True) == ["glib2", "xcb-util-cursor"]
    assert missing_packages("offscreen", load, fedora=True) == ["glib2"]


def test_every_library_that_qt_links_is_in_the_table(bare) -> None:
    """Read what the plugin really needs, against the table of packages."""
    if shutil.which("objdump") is None:
        pytest.skip("objdump is not installed")
    import PySide6

    folder = Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms"
    listed = subprocess.run(
        ["objdump", "-p", folder / "libqxcb.so"],
        capture_output=True,
        text=True,
        check=True,
    )
    needed = {
        line.split()[1] for line in listed.stdout.splitlines() if "NEEDED" in line
    }
    foreign = {name for name in needed if name.startswith(("libxcb", "libX", "libxk"))}
    known: set[str] = set()

    def refuse(name: str) -> None:
        known.add(name)
        raise OSError(name)

    missing_packages("xcb", refuse, fedora=False)
    assert foreign <= known


def test_a_missing_library_is_named_with_its_package(x_server) -> None:
    """Hide the library from one process, as on a machine that lacks it."""
    library = next(Path("/usr/lib").glob("*/libxcb-cursor.so.0"), None)
    if library is None or shutil.which("unshare") is None:
        pytest.skip("there is no libxcb-cursor to hide, or no way to hide it")
    number, key = x_server
    hide = f"mount --bind /dev/null {library.resolve()}"
    if subprocess.run(["unshare", "-m", "sh", "-c", hide], check=False).returncode:
        pytest.skip("hiding a library takes more rights than this user has")
    command = f"{hide} && exec {sys.executable} -m pruneview"
    ended = run(
        ["unshare", "-m", "sh", "-c", command], DISPLAY=number, XAUTHORITY=str(key)
    )
    assert ended.returncode == 2
    assert "libxcb-cursor0" in ended.stderr
    assert "pruneview inspect" in ended.stderr
