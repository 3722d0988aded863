"""What is said of culprits: nothing twice, and of several patches only what they prove together."""

from __future__ import annotations

from pathlib import Path

from backproof.answer.page import page
from backproof.answer.text import rendered
from backproof.diagnosis.completed import diagnose_file
from benchmarks.courses import mistakes, planted

FAULTY = Path(__file__).parent / "programs" / "faulty"


def test_a_single_culprit_does_not_repeat_the_headline() -> None:
    found = diagnose_file(FAULTY / "relu_times_value.py")
    assert len(found.culprits) == 1
    assert found.summary == "dw, db are wrong; the other one is right"
    for answer in (rendered(found).plain, page(found)):
        assert "Wrong because of it" not in answer
        assert "Proven: with this change every gradient is exactly the true one." in answer


def test_each_of_several_culprits_has_its_gradients_and_all_have_one_proof_and_one_explanation() -> None:
    found = diagnose_file(FAULTY / "bias_is_the_delta.py")
    first, second = found.culprits
    for answer in (rendered(found).plain, page(found)):
        assert "Wrong because of it: bias0." in answer
        assert "Wrong because of it: bias1." in answer
        assert answer.count("Proven: with both changes every gradient is exactly the true one.") == 1
        assert answer.count("Kind of mistake:") == 2
        assert f"not summed over what was repeated, as in line {first.line}." in answer.replace("\n  ", " ")
        assert answer.replace("\n  ", " ").count(second.why) == 1


def test_an_expression_of_another_line_is_named_with_it() -> None:
    (culprit,) = diagnose_file(FAULTY / "outer_product_reversed.py").culprits
    assert culprit.line == 23
    assert culprit.should_be.startswith("`dW_h + states[k - 1].dot(da.T)` (line 21) should be the derivative")


def test_what_holds_an_entry_twice_is_not_said_to_be_its_derivative() -> None:
    """``table[[1, 1]]`` shows the whole derivative of one row in two places; that is not what each place gives back."""
    (culprit,) = diagnose_file(FAULTY / "repeated_index_added_once.py").culprits
    assert culprit.should_be == ""
    assert culprit.proven


def test_a_sum_of_several_uses_is_called_a_sum() -> None:
    (culprit,) = diagnose_file(FAULTY / "recurrent_weight_not_turned.py").culprits
    assert culprit.should_be.startswith(
        "`dz @ Wh` should be one of the terms that add up to the derivative of the loss"
    )


def test_a_wrong_sign_and_zeros_are_no_multiples() -> None:
    (sign,) = diagnose_file(FAULTY / "sign_of_mean_in_norm.py").culprits
    assert sign.should_be.endswith("; only its sign is wrong")
    (zero,) = diagnose_file(FAULTY / "bias_wrong_axis_square.py").culprits
    assert zero.should_be.endswith("; it is 0 instead")


def test_shapes_that_do_not_fit_are_said_of_what_was_combined(tmp_path: Path) -> None:
    """Also of a part of a list, and turned round: NumPy's own words name neither."""
    text = (FAULTY.parents[1] / "courses" / "nabla_per_sample.py").read_text()
    path = tmp_path / "net.py"
    path.write_text(text.replace("(self.weights[-l + 1].T @ delta)", "(self.weights[-l].T @ delta)"))
    found = diagnose_file(path)
    fit = "the shapes in this line do not fit together: self.weights[-l].T is (4, 5), delta is (2, 1)"
    assert (found.verdict, found.summary) == ("cannot run", fit)


def test_names_in_the_wrong_order_are_other_values(tmp_path: Path) -> None:
    mistake = next(one for one in mistakes() if one.wrong.startswith("s, r = np.unravel_index"))
    (culprit,) = diagnose_file(planted(mistake, tmp_path).path).culprits
    assert culprit.family == "another value is meant"


def test_a_step_of_an_index_is_another_place() -> None:
    (culprit,) = diagnose_file(FAULTY / "slope_at_the_next_layer.py").culprits
    assert culprit.patch is not None
    assert "cache[i][0]" in culprit.patch.text
    assert culprit.family == "wrong place"
