"""What is run of other people's code, and only with consent."""

from pathlib import Path

import numpy as np
import pytest

from pruneview.pruning.errors import ModelError
from pruneview.pruning.session import PruningSession, RunControl
from pruneview.pruning.subject.trust import Trust

MODULE = """
import keras
from keras import layers


class Scale(keras.layers.Layer):
    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1],), initializer="ones")

    def call(self, x):
        return x * self.factor
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from pruneview.pruning.backend import import_backend

    import_backend()
    import keras

    folder = tmp_path_factory.mktemp("trust")
    (folder / "mine.py").write_text(MODULE)
    namespace: dict = {"__name__": "elsewhere"}
    exec(MODULE, namespace)
    inputs = keras.Input((4,))
    outputs = keras.layers.Dense(2)(namespace["Scale"]()(inputs))
    keras.Model(inputs, outputs).save(folder / "custom.keras")
    marker = str(folder / "was_run")
    code = f"lambda x: (open({marker!r}, 'w').close(), x)[1]"
    layer = keras.layers.Lambda(eval(code), output_shape=(4,))
    keras.Model(inputs, keras.layers.Dense(2)(layer(inputs))).save(
        folder / "code.keras"
    )
    (folder / "was_run").unlink(missing_ok=True)
    return folder


@pytest.fixture
def session() -> PruningSession:
    return PruningSession(lambda _event: None, RunControl())


def test_code_in_a_file_is_run_only_with_consent(
    files: Path, session: PruningSession
) -> None:
    with pytest.raises(ModelError, match="without your consent"):
        session.open(files / "code.keras")
    assert not (files / "was_run").exists()
    session.open(files / "code.keras", Trust(code=True))
    session.predict(np.zeros((1, 4), np.float32))
    assert (files / "was_run").exists()
    assert any(weight.prunable for weight in session.weights)


def test_custom_layers_come_from_the_persons_own_file(
    files: Path, session: PruningSession
) -> None:
    with pytest.raises(ModelError, match="Scale"):
        session.open(files / "custom.keras")
    session.open(files / "custom.keras", Trust(custom_objects=files / "mine.py"))
    assert {weight.shape for weight in session.weights} >= {(4,), (4, 2)}


def test_only_what_the_file_itself_defines_is_taken(files: Path) -> None:
    assert set(Trust(custom_objects=files / "mine.py").objects()) == {"Scale"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "not a Python file"),
        ("1/0", "ZeroDivisionError"),
        ("def", "SyntaxError"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
    ],
)
def test_a_file_of_custom_objects_that_cannot_be_run(
    tmp_path: Path, text: str | None, said: str
) -> None:
    path = tmp_path / "broken.py"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ModelError, match=said):
        Trust(custom_objects=path).objects()
