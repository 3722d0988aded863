"""Ctrl-C is never lost, and comes where it suits."""

from __future__ import annotations

import os
import signal

import pytest

from backproof.interrupts import kept_for_later


class Interrupted:
    """Its finaliser is where the interrupt falls: Python would print it and go on."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupt_in_a_finaliser_is_not_lost() -> None:
    woken = []
    with kept_for_later(lambda: woken.append(1)) as raise_an_interrupt:
        raise_an_interrupt()
        Interrupted()
        assert woken == [1]
        with pytest.raises(KeyboardInterrupt):
            raise_an_interrupt()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def twice() -> None:
    with kept_for_later(lambda: None):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        pytest.fail("the second one did not come")


def test_a_second_interrupt_comes_at_once() -> None:
    with pytest.raises(KeyboardInterrupt):
        twice()
