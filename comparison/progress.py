"""Progress bars, none where the output is no terminal, and sentences meanwhile."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tqdm import tqdm

if TYPE_CHECKING:
    from proof.certify import Progress


def tell(text: str) -> None:
    """One sentence on stderr, above the bars."""
    tqdm.write(f"compare.py: {text}", file=sys.stderr)


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each thing under way; none where the output is no terminal."""
    bars: dict[str, tqdm] = {}

    def watch(what: str, done: int, total: int) -> None:
        if what not in bars:
            bars[what] = tqdm(desc=what, unit_scale=True, leave=False, disable=None)
        bars[what].total = total
        bars[what].update(done - bars[what].n)

    yield watch
    for bar in bars.values():
        bar.close()


@contextmanager
def certificate_bar() -> Iterator[Callable[[Progress], None]]:
    """A bar with the digits that are still known; its messages are shown even where it is not."""
    with tqdm(desc="certify", unit=" steps", unit_scale=True, leave=False, disable=None) as bar:

        def tell(progress: Progress) -> None:
            if progress.message:
                bar.write(progress.message, file=sys.stderr)
            bar.total = progress.steps
            bar.set_postfix_str(f"weights known to {progress.decimals:.0f} decimals", refresh=False)
            bar.update(progress.step - bar.n)

        try:
            yield tell
        except KeyboardInterrupt:
            bar.write("certify: the same command goes on from the last part that was kept", file=sys.stderr)
            raise
