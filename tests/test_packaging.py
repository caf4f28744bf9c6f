"""What is shipped, and what the README promises about it."""

import importlib.metadata
import re
import tomllib
import zipfile
from pathlib import Path

import pytest

import pruneview

ROOT = Path(__file__).resolve().parents[1]
RUN_COMMAND = (
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/pruneview demo"
)
TEST_COMMAND = (
    "python3 -m venv .venv-test"
    ' && .venv-test/bin/pip install -e ".[test]"'
    " && .venv-test/bin/python -m pytest"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    build = pytest.importorskip(
        "hatchling.builders.wheel", reason="hatchling is not installed"
    )
    folder = tmp_path_factory.mktemp("wheel")
    builder = build.WheelBuilder(str(ROOT))
    path = next(builder.build(directory=str(folder), versions=["standard"]))
    with zipfile.ZipFile(path) as archive:
        yield archive


def readme_commands() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines()]


def test_wheel_carries_every_resource(wheel: zipfile.ZipFile) -> None:
    in_checkout = {
        path.relative_to(ROOT / "resources").as_posix()
        for path in (ROOT / "resources").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    prefix = "pruneview/resources/"
    in_wheel = {
        name.removeprefix(prefix) for name in wheel.namelist() if prefix in name
    }
    assert {"demo/digits.npz", "demo/digits_cnn.keras"} <= in_checkout
    assert in_checkout <= in_wheel


def test_wheel_carries_the_package_and_its_licence(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert "pruneview/__main__.py" in names
    assert not [name for name in names if name.startswith("tests/")]
    licence = next(name for name in names if name.endswith("licenses/LICENSE"))
    assert "The pruneview developers" in wheel.read(licence).decode()


def test_wheel_defines_the_command(wheel: zipfile.ZipFile) -> None:
    entry = next(n for n in wheel.namelist() if n.endswith("entry_points.txt"))
    assert "pruneview = pruneview.__main__:main" in wheel.read(entry).decode()


def test_versions_agree() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[(\d[^]]*)\]", changelog, re.MULTILINE)
    assert importlib.metadata.version("pruneview") == pruneview.__version__
    assert released[0] == pruneview.__version__


def test_readme_opens_with_the_two_commands() -> None:
    commands = readme_commands()
    assert commands.index(RUN_COMMAND) < commands.index(TEST_COMMAND)


def test_ci_runs_the_readmes_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    found = re.search(r"--fixed-strings '([^']+)' README\.md", script)
    assert found is not None
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    # The script takes the first line of the README that holds these words.
    assert next(line for line in readme if found[1] in line) == TEST_COMMAND


def test_ci_checks_what_the_development_extra_brings() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    brought = " ".join(extras["project"]["optional-dependencies"]["dev"])
    for tool, package in (
        ("ruff", "ruff"),
        ("mypy", "mypy"),
        ("lint-imports", "import-linter"),
    ):
        assert package in brought
        assert f'"$bin/{tool}"' in script
