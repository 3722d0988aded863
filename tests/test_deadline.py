"""Time limits: for one thing, and for each of many."""

from __future__ import annotations

import signal
import sys
import time

import pytest

from backproof.diagnosis.calls.deadline import TookTooLong, at_most, each_at_most, spent


def wait(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


def inner_then_wait() -> None:
    with at_most(30):
        wait(0.001)
    wait(60)


def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(TookTooLong, match=r"more than 0\.05 s"), at_most(0.05):
        wait(60)


def test_of_many_only_the_slow_one_is_ended() -> None:
    ended = []
    with each_at_most(0.03) as begin:
        for turn in range(40):
            begin()
            try:
                wait(60 if turn == 20 else 0.004)
            except TookTooLong:
                ended.append(turn)
    assert ended == [20]


def test_waiting_for_the_processor_does_not_count_for_small_things() -> None:
    with each_at_most(0.03) as begin:
        begin()
        time.sleep(0.2)
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_a_limit_inside_of_another_gives_it_back() -> None:
    with pytest.raises(TookTooLong, match=r"more than 0\.2 s"), at_most(0.2):
        inner_then_wait()
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


class Slow:
    """Takes its time to go."""

    def __del__(self) -> None:
        wait(0.1)


def drop_then_wait() -> None:
    Slow()
    wait(60)


def test_one_that_falls_into_a_finaliser_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: said.append(lost.exc_type))
    with pytest.raises(TookTooLong), at_most(0.06):
        drop_then_wait()
    assert said == []


def test_the_clock_counts_work() -> None:
    before = spent()
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    assert spent() - before >= 0.04
