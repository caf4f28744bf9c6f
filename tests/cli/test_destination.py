"""Where a model may be saved is settled before a run."""

import os

from pruneview.cli.pruning.destination import output_problem


def problem(output, *inputs, overwrite=False):
    return output_problem(output, inputs, overwrite=overwrite) or ""


def test_a_new_file_in_a_folder_is_no_problem(tmp_path) -> None:
    assert problem(tmp_path / "new.keras", tmp_path / "model.keras") == ""
    assert problem(tmp_path / "new.H5", tmp_path / "model.keras") == ""
    assert list(tmp_path.iterdir()) == []


def test_the_ending_decides_and_must_be_known(tmp_path) -> None:
    assert "must end in .keras or .h5" in problem(tmp_path / "new.onnx")


def test_an_existing_file_needs_overwrite(tmp_path) -> None:
    (tmp_path / "old.keras").touch()
    assert "--overwrite" in problem(tmp_path / "old.keras")
    assert problem(tmp_path / "old.keras", overwrite=True) == ""


def test_the_input_is_refused_under_every_name(tmp_path) -> None:
    model = tmp_path / "model.h5"
    model.touch()
    (tmp_path / "soft.h5").symlink_to(model)
    os.link(model, tmp_path / "hard.h5")
    for name in ("model.h5", "soft.h5", "hard.h5", "../" + tmp_path.name + "/model.h5"):
        said = problem(tmp_path / name, model, overwrite=True)
        assert "a file the run reads from" in said


def test_folders_that_cannot_take_it(tmp_path) -> None:
    assert "There is no folder" in problem(tmp_path / "none" / "a.h5")
    (tmp_path / "folder.h5").mkdir()
    assert "is a folder" in problem(tmp_path / "folder.h5")


def test_a_folder_without_room_or_rights_is_named(tmp_path, monkeypatch) -> None:
    from pruneview.cli.pruning import destination

    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(destination.tempfile, "TemporaryFile", refuse)
    said = problem(tmp_path / "a.h5")
    assert said == f"Nothing can be written in {tmp_path}: Permission denied."
