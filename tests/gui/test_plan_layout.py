"""No field of the plan is cut off, whatever kinds of layers there are."""

import pytest


@pytest.mark.parametrize("theme", ["light", "projector"])
@pytest.mark.parametrize("size", [(1024, 700), (1600, 900)])
def test_the_fields_fit_their_panel(program, qtbot, models_folder, theme, size):
    program.choose_theme(theme)
    program.window.resize(*size)
    program.open(models_folder / "gender_mini_XCEPTION.21-0.95.hdf5")
    qtbot.waitUntil(lambda: program.document.model is not None, timeout=10_000)
    editor = program.window.plan
    qtbot.waitUntil(
        lambda: editor.viewport().width() >= editor.widget().minimumSizeHint().width(),
        timeout=5_000,
    )
