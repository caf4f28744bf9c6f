"""An animation as MP4: what is decoded is what was drawn, and it plays everywhere."""

import importlib.machinery
import sys
import types

import numpy as np
import pytest
from PIL import Image

from pruneview.runs.export import film, video
from pruneview.runs.export.film import write_film
from pruneview.runs.export.painter import FilmPlan, Painter
from pruneview.runs.export.writing import ExportCancelled, ExportError, Progress
from pruneview.sparsity.pictures import picture
from tests.runs.imagined_look import ZERO

WEIGHT = "a/kernel"
#: H.264 keeps colour for every other pixel, and neither exactly.
_NEAR = 12


def decoded(path):
    """Return all that a player knows of a film: its stream, and frames as RGB."""
    av = pytest.importorskip("av", reason="PyAV, the extra `video`, is not installed")
    with av.open(str(path)) as opened:
        stream = opened.streams.video[0]
        known = {
            "rate": stream.average_rate,
            "codec": stream.codec_context.name,
            "form": stream.codec_context.pix_fmt,
            "colours": stream.codec_context.colorspace,
            "seconds": float(stream.duration * stream.time_base),
        }
        frames = [f.to_ndarray(format="rgb24") for f in opened.decode(stream)]
    return known, frames


def test_the_decoded_film_is_what_was_drawn(replay, look, tmp_path):
    pytest.importorskip("av", reason="PyAV, the extra `video`, is not installed")
    path = tmp_path / "film.mp4"
    shares = []
    plan = FilmPlan(WEIGHT, 481, 271, 2.0)
    write_film(replay, path, plan, look, Progress(shares.append))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    known, frames = decoded(path)
    assert known["rate"] == 30
    assert known["codec"] == "h264"
    assert known["form"] == "yuv420p"
    assert known["colours"] == 1  # BT.709
    # Nine stops of 0.2 s, and the last for two seconds.
    assert len(frames) == 9 * 6 + 60
    assert known["seconds"] == pytest.approx(3.8, abs=0.01)
    assert {frame.shape for frame in frames} == {(270, 480, 3)}
    limit = picture.robust_limit(replay.values(WEIGHT, 10).array)
    painter = Painter(replay, FilmPlan(WEIGHT, 480, 270, 2.0), look, limit)
    for place, step in enumerate(range(10, 101, 10)):
        drawn = np.asarray(painter.frame(step)).astype(int)
        for number in (place * 6, place * 6 + 5):
            shown = frames[number].astype(int)
            assert np.abs(shown - drawn).mean() < 3, (step, number)
            # The middles of cells: zero, and no zero.
            zero = (drawn == ZERO).all(axis=2)[:, :270]
            inner = zero[2:-2, 2:-2].copy()
            for down in range(-2, 3):
                for across in range(-2, 3):
                    moved = np.roll(zero, (down, across), (0, 1))
                    inner &= moved[2:-2, 2:-2]
            told = shown[2:-2, 2:268][inner]
            if inner.any():
                assert np.abs(told - ZERO).max() < 4 * _NEAR
                assert np.abs(told.mean(axis=0) - ZERO).max() < _NEAR
    assert not np.array_equal(frames[0], frames[-1])


def test_its_index_is_in_front(replay, look, tmp_path):
    pytest.importorskip("av", reason="PyAV, the extra `video`, is not installed")
    path = tmp_path / "film.mp4"
    write_film(replay, path, FilmPlan(WEIGHT, 320, 180, 1.0), look)
    data, kinds, place = path.read_bytes(), [], 0
    while place < len(data):
        kinds.append(data[place + 4 : place + 8])
        place += int.from_bytes(data[place : place + 4])
    assert kinds[0] == b"ftyp"
    assert kinds.index(b"moov") < kinds.index(b"mdat")


def test_a_long_film_is_made_picture_by_picture(tmp_path):
    pytest.importorskip("av", reason="PyAV, the extra `video`, is not installed")
    wrote, ahead = [], []

    def pictures():
        for number in range(90):
            ahead.append(number - len(wrote))
            yield Image.new("RGB", (160, 90), (number, 100, 100)), 1

    path = tmp_path / "a.mp4"
    video.write_mp4(path, pictures(), (160, 90), lambda: wrote.append(1))
    assert len(wrote) == 90
    assert max(ahead) == 0  # none is asked for before the last one is written
    _, frames = decoded(path)
    reds = [frame[:, :, 0].mean() for frame in frames]
    assert np.allclose(reds, np.arange(90), atol=4)


def test_cancelled_in_the_middle_nothing_is_left(replay, look, tmp_path):
    pytest.importorskip("av", reason="PyAV, the extra `video`, is not installed")
    path = tmp_path / "film.mp4"
    path.write_bytes(b"before")
    seen = []
    progress = Progress(seen.append, lambda: len(seen) > 40)
    with pytest.raises(ExportCancelled):
        write_film(replay, path, FilmPlan(WEIGHT, 320, 180, 4.0), look, progress)
    assert 0.2 < seen[-1] < 0.6
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_where_the_disk_is_full_a_sentence_says_so(replay, look, tmp_path):
    pytest.importorskip("av", reason="PyAV, the extra `video`, is not installed")
    limits = pytest.importorskip("resource", reason="no limits on files here")
    before = limits.getrlimit(limits.RLIMIT_FSIZE)
    path = tmp_path / "film.mp4"
    limits.setrlimit(limits.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(ExportError, match=r"cannot be written: .*too large"):
            write_film(replay, path, FilmPlan(WEIGHT, 480, 270, 2.0), look)
    finally:
        limits.setrlimit(limits.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_without_the_package_it_says_what_to_install(
    replay, look, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "av", None)
    assert not video.is_installed()
    path = tmp_path / "film.mp4"
    plan = FilmPlan(WEIGHT, 320, 180, 1.0)
    with pytest.raises(ExportError, match=r'pip install "pruneview\[video\]"'):
        write_film(replay, path, plan, look)
    assert list(tmp_path.iterdir()) == []
    write_film(replay, path.with_suffix(".gif"), plan, look)

    broken = types.ModuleType("av")
    broken.__spec__ = importlib.machinery.ModuleSpec("av", None)
    monkeypatch.setitem(sys.modules, "av", broken)
    monkeypatch.setitem(sys.modules, "av.error", None)
    with pytest.raises(ExportError, match=r"cannot be loaded here .*force-reinstall"):
        write_film(replay, path, plan, look)


def test_sizes_that_few_machines_play_are_refused():
    assert video.fitting(3841, 2161) == (3840, 2160)
    assert video.fitting(4096, 2304) == (4096, 2304)
    with pytest.raises(ExportError, match="at most 4096 × 2304"):
        video.fitting(7680, 4320)


def test_pictures_stand_for_as_long_as_in_the_other_kinds():
    assert video.repeats([200] * 9 + [2000]) == [6] * 9 + [60]
    counts = video.repeats([40] * 300)
    assert sum(counts) == 360
    assert set(counts) == {1, 2}
    assert min(video.repeats([20] * 50)) == 1


def test_no_more_changes_a_second_than_frames(replay):
    plan = FilmPlan(WEIGHT, 320, 180, 0.1)
    assert len(film._stops(replay, plan, video.RATE)) == 3
