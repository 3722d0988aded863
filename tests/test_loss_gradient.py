"""Is the gradient right for the loss that the learner wrote: four cells, four sentences."""

from pathlib import Path

import pytest
from learner_files import CORRECT
from mistaken_files import load

from check.assertion import check_backprop
from check.loss_gradient import SENTENCES

SQUARED = CORRECT.replace("np.logaddexp(0, (1 - 2 * y) * Z2[:, 0])", "(A2[:, 0] - y) ** 2")
SLOPE = "2 * (A2 - y[:, None]) * A2 * (1 - A2) / n"


@pytest.mark.parametrize(
    ("source", "cell"),
    [
        (CORRECT, (True, True)),
        (SQUARED.replace("(A2 - y[:, None]) / n", SLOPE), (True, False)),
        (CORRECT.replace("(A2 - y[:, None]) / n", SLOPE), (False, True)),
        (SQUARED, (False, False)),
        (CORRECT.replace("Z2[:, 0])", "Z2[:, 0]).mean()"), (True, True)),
        (CORRECT.replace("Z2[:, 0])", "Z2[:, 0]).sum()"), (False, False)),
    ],
)
def test_four_cells_four_sentences(tmp_path: Path, source: str, cell: tuple[bool, bool]) -> None:
    file = tmp_path / "mine.py"
    file.write_text(source.replace("return dW1, db1", "return dict(loss=loss, dW1=dW1, db1=db1, dW2=dW2, db2=db2) #"))
    assert check_backprop(load(file)).diagnosis.loss == SENTENCES[cell]  # type: ignore[arg-type]


def test_without_a_loss_nothing_is_said(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(CORRECT.replace("loss =", "other ="))
    assert check_backprop(load(file)).diagnosis.loss == ""  # type: ignore[arg-type]
