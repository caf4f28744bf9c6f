"""How errors reach a terminal."""

from pruneview.cli.complaints import complain


def test_a_name_from_a_file_cannot_move_the_cursor(capsys) -> None:
    assert complain("No weight \x1b[2Jevil\rx.\nTry another.", 2) == 2
    said = capsys.readouterr().err
    assert said == "pruneview: No weight \\x1b[2Jevil\\rx.\nTry another.\n"
