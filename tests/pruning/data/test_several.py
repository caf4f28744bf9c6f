"""Data for several inputs and outputs: how they are given, and what does not fit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.pruning.data import DataError, DataSpec
from pruneview.pruning.data.samples import named_arrays
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.planning.sample_count import training_samples
from tests.pruning import several
from tests.pruning.conftest import Files, Recorder

PLAN = PruningPlan(batch_size=8)


def test_what_does_not_fit_is_named(
    files: Files, recorder: Recorder, tmp_path: Path
) -> None:
    recorder.session.open(files["listing"][0])
    arrays = several.arrays_for("listing")

    def refused(change: dict[str, Any], words: str) -> None:
        given = {k: v for k, v in (arrays | change).items() if v is not None}
        np.savez(tmp_path / "odd.npz", **given)
        with pytest.raises(DataError, match=words):
            recorder.session.run(PLAN, recorder.session.load_data(str(path)))

    path = tmp_path / "odd.npz"
    refused(
        {"x_train_words": arrays["x_train_words"][:, :3]},
        r"x_train_words in odd.npz have shape \(3,\); the model takes words of shape "
        r"\(5,\)",
    )
    refused(
        {"x_test_words": arrays["x_test_words"][:9]},
        "x_test_image in odd.npz has 32 samples and x_test_words has 9",
    )
    refused(
        {"x_train_words": None, "x_train_text": arrays["x_train_words"]},
        "has x_train_image, x_train_text, and the model takes 2 inputs .image, words",
    )
    refused(
        {"x_train": arrays["x_train_image"]},
        "has one array x_train, and the model takes 2 inputs",
    )
    refused(
        {"y_train_kind": arrays["y_train_kind"] + 7}, "y_train_kind .* run from 7 to 9"
    )
    for source in ("demo", "mnist"):
        with pytest.raises(DataError, match="holds one input and one label") as error:
            recorder.session.load_data(source)
        assert "x_train_image, x_train_words" in str(error.value)


@pytest.mark.parametrize(
    "returned",
    [
        "x, y",
        "(x, y), (x, y)",
        "tuple(x.values()), y",
        "{'x_train': x, 'y_train': y, 'x_test': x, 'y_test': y}",
        "{**named('train'), **named('test')}",
    ],
)
def test_a_function_returns_dicts_or_tuples(
    returned: str, files: Files, recorder: Recorder, tmp_path: Path
) -> None:
    source = tmp_path / "own.py"
    source.write_text(
        "import numpy as np\n"
        f"with np.load({str(files['listing'][1])!r}) as file:\n"
        "    held = dict(file)\n"
        "def load():\n"
        "    x = {k: held['x_train_' + k] for k in ('image', 'words')}\n"
        "    y = {k: held['y_train_' + k] for k in ('kind', 'price')}\n"
        "    def named(part):\n"
        "        xs = {f'x_{part}_{k}': v for k, v in x.items()}\n"
        "        return xs | {f'y_{part}_{k}': v for k, v in y.items()}\n"
        f"    return {returned}\n"
    )
    recorder.session.open(files["listing"][0])
    spec = DataSpec.parse(f"{source}:load", allow_code=True)
    fitted = recorder.session._fit(recorder.session.load_data(spec))
    held = several.arrays_for("listing")
    given = {**named_arrays("x", fitted.x_train), **named_arrays("y", fitted.y_train)}
    assert list(given) == ["x_image", "x_words", "y_kind", "y_price"]
    for name, array in given.items():
        assert array.dtype == held[f"{name[0]}_train{name[1:]}"].dtype
        assert len(array) in (52, 64)


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (
            "{'image': np.ones((20, 2)), 'words': np.ones((19, 2))}",
            "image 20, words 19",
        ),
        ("{}", "empty dict"),
        ("(np.ones((20, 2)), 3)", "more than arrays"),
    ],
)
def test_what_a_function_must_not_return(
    returned: str, words: str, files: Files, recorder: Recorder, tmp_path: Path
) -> None:
    source = tmp_path / "own.py"
    source.write_text(
        f"import numpy as np\ndef load():\n    return {returned}, np.ones(20)\n"
    )
    recorder.session.open(files["listing"][0])
    with pytest.raises(DataError, match=words):
        recorder.session.load_data(DataSpec.parse(f"{source}:load", allow_code=True))


def test_samples_are_counted_without_reading_them(files: Files) -> None:
    for _, arrays in files.values():
        assert training_samples(DataSpec.parse(arrays)) == 64
