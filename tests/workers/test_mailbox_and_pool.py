import os
import sys
import threading
import time

import pytest

from pruneview.workers.mailbox import EventQueue, Mailbox
from pruneview.workers.reader_pool import ReaderPool


def wait_until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


@pytest.fixture
def pool():
    pool = ReaderPool(threads=2)
    yield pool
    pool.close()


def test_a_mailbox_keeps_the_latest_only():
    mailbox = Mailbox[int]()
    mailbox.put(1)
    mailbox.put(2)

    assert mailbox.take() == 2
    assert mailbox.take() is None


def test_a_queue_loses_nothing_and_keeps_the_order():
    queue = EventQueue[int]()
    threads = [
        threading.Thread(target=lambda n=n: [queue.put(n) for _ in range(500)])
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put(99)

    items = queue.drain(at_most=10_000)

    assert len(items) == 2001
    assert items[-1] == 99


def test_answers_come_back_with_their_channel(pool):
    pool.submit("sum", lambda request: 1 + 1)
    answers = []
    wait_until(lambda: answers.extend(pool.drain()) or answers)

    assert [(a.channel, a.value, a.last) for a in answers] == [("sum", 2, True)]
    wait_until(lambda: not pool.is_busy("sum"))


def test_a_newer_request_makes_the_older_stale(pool):
    go_on, seen = threading.Event(), []

    def slow(request):
        go_on.wait(10)
        seen.append(request.cancelled)
        return "old"

    pool.submit("picture", slow)
    pool.submit("picture", lambda request: "new")
    go_on.set()
    wait_until(lambda: seen)
    answers = []
    wait_until(lambda: answers.extend(pool.drain()) or answers)

    assert seen == [True]
    assert [answer.value for answer in answers] == ["new"]


def test_parts_are_reported_before_the_whole(pool):
    def job(request):
        request.report("part")
        return "whole"

    pool.submit("statistics", job)
    answers = []
    wait_until(lambda: answers.extend(pool.drain()) or len(answers) == 2)

    assert [(a.value, a.last) for a in answers] == [("part", False), ("whole", True)]


def test_an_error_is_an_answer(pool):
    def job(request):
        raise ValueError("no such weight")

    pool.submit("picture", job)
    answers = []
    wait_until(lambda: answers.extend(pool.drain()) or answers)

    assert str(answers[0].error) == "no such weight"
    assert "ValueError" in answers[0].details


def test_cancel_drops_the_answer_and_close_ends_the_threads():
    pool = ReaderPool(threads=1)
    started, go_on = threading.Event(), threading.Event()

    def job(request):
        started.set()
        go_on.wait(10)
        return request.cancelled

    pool.submit("open", job)
    started.wait(10)
    pool.cancel("open")
    go_on.set()
    pool.close()

    assert pool.drain() == []
    assert not [t for t in threading.enumerate() if t.name.startswith("reader")]


def test_files_opened_for_nobody_are_closed() -> None:
    class File:
        closed = False

        def close(self) -> None:
            self.closed = True

    pool, stale, late, begun = ReaderPool(), File(), File(), threading.Event()
    pool.submit("open", lambda _request: (stale, "of which"))
    pool.submit("other", lambda _request: begun.set())
    assert begun.wait(10)
    while pool.is_busy("open"):
        begun.wait(0.01)
    pool.cancel("open")
    pool.drain()
    assert stale.closed
    pool.submit("open", lambda _request: late)
    pool.close()
    # It was read, or never begun.
    assert late.closed or not pool.drain()


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness there")
def test_readers_let_the_window_go_first(pool):
    pool.submit(
        "nice",
        lambda _job: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()),
    )
    answers = []
    wait_until(lambda: answers.extend(pool.drain()) or answers)
    assert answers[0].value >= 5
