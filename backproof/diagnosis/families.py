"""The families of mistakes: what an edit that mends a program says about how it came to be wrong."""

from __future__ import annotations

import ast
from typing import NamedTuple

from backproof.diagnosis.culprits.targets import Meaning
from backproof.diagnosis.repair.bench import Change
from backproof.diagnosis.repair.kinds import Kind

SHAPES, CHAIN_RULE, CHECKING, MUSEUM, TRAINING = (
    "lesson 2, The forward pass, with shapes",
    "lesson 3, Walking back",
    "lesson 4, Am I right?",
    "lesson 5, The museum of mistakes",
    "lesson 7, Training",
)
CLASSES, NORMS, CONVOLUTION, SEQUENCES = (
    "lesson 9, Ten classes",
    "lesson 10, Normalising",
    "lesson 11, Convolution and pooling",
    "lesson 12, Sequences",
)


class Family(NamedTuple):
    """A kind of mistake: its name, two sentences about why it matters, and the lesson that shows it."""

    name: str
    why: str
    lesson: str = MUSEUM


FACTOR = Family(
    "a factor of the chain rule is missing",
    "Each step of the forward pass multiplies the gradient by its own derivative on the way back. "
    "Here one of those factors is left out, so everything before it gets a gradient of the wrong size.",
    CHAIN_RULE,
)
EXTRA = Family(
    "a factor or a term too many",
    "This part has been counted already, or it belongs to another loss. "
    "The derivative of the loss that the program returns does not have it.",
)
POINT = Family(
    "derivative at the wrong point",
    "A local derivative has to be taken where the forward pass was: at the pre-activation or at the activation, "
    "whichever its formula is written for. Another value gives another slope.",
    CHAIN_RULE,
)
OTHER_VALUE = Family(
    "another value is meant",
    "The formula is right, but it is given the wrong variable: one of another layer, of another step, or an older one. "
    "Shapes that fit hide it.",
)
STALE = Family(
    "a value used too early or too late",
    "A statement stands in the wrong place, so that it uses a value before it is ready or after it was changed. "
    "The backward pass needs the values that the forward pass had.",
    TRAINING,
)
TRANSPOSED = Family(
    "transposed",
    "The product is taken the wrong way round. Where the matrix is square no shape complains, "
    "and the gradient belongs to the transposed weights.",
    SHAPES,
)
AXIS = Family(
    "summed along the wrong axis",
    "What the forward pass repeats along an axis is summed along that axis on the way back, and along no other.",
    NORMS,
)
NOT_SUMMED = Family(
    "not summed over what was repeated",
    "The forward pass uses the same number many times, once for each sample or place. "
    "Its gradient is the sum of what each use contributes.",
    NORMS,
)
MEAN = Family(
    "1/n missing or twice",
    "The mean over samples divides by n exactly once. "
    "A mean taken again, or a sum where the loss is a mean, changes the size of the gradient but not its direction.",
    CHAIN_RULE,
)
SIGN = Family(
    "sign",
    "A minus is missing, or there is one too many. A step of training then goes uphill, at least in this part.",
)
CONSTANT = Family(
    "constant",
    "A number in the backward pass differs from that of the forward pass, or the factor that a derivative brings down.",
)
SLOPE = Family(
    "the derivative of the activation",
    "This is not the derivative of the function that the forward pass applies here. "
    "Perhaps it is that of another one: a sigmoid, a tanh and a ReLU each have their own.",
    CHAIN_RULE,
)
MASK = Family(
    "mask",
    "The gradient passes where the forward pass let its value through, and nowhere else. "
    "Here the mask is taken from something else or compares the wrong way.",
    CLASSES,
)
INDEX = Family(
    "wrong place",
    "The gradient is read from or written to another place than the one that the forward pass used.",
    CONVOLUTION,
)
SHAPE = Family(
    "broadcast that hides a shape",
    "A column against a row becomes a whole matrix without a word. Both need the same shape before they are combined.",
    SHAPES,
)
ASSIGNED = Family(
    "= for +=",
    "What is used several times gets a gradient from each use. "
    "An assignment keeps only the last one, and so does += at an index that names a place twice; "
    "adding to what holds something already counts that too.",
    CONVOLUTION,
)
ALIAS = Family(
    "two names for one array",
    "Assigning an array does not copy it: writing into one name changes the other.",
)
OTHER_LOSS = Family(
    "the derivative of another loss or function",
    "The formula is the derivative of something else than what the program computes and returns. "
    "The delta of a cross-entropy, for example, is not that of a squared error.",
    CLASSES,
)
OPERATOR = Family(
    "operator",
    "Element-wise and matrix products, sums and differences are different derivatives. "
    "The forward pass says which one belongs here.",
)

PLACEHOLDER = Family(
    "not written yet",
    "Nothing but zeros stands here. Write the derivative in their place.",
)

KEPT = Family(
    "something is kept from call to call",
    "A gradient belongs to one set of parameters. "
    "What is left over from an earlier call is added to it, or takes its place.",
    TRAINING,
)
FORWARD = Family(
    "another forward pass",
    "The backward pass may be right for the network that the program computes. But that is not the one that is meant.",
    SHAPES,
)

_PLAIN = {
    Kind.FACTOR: FACTOR, Kind.EXTRA_FACTOR: EXTRA, Kind.TERM: Family(
        "a term is missing",
        "The value is used in more than one place of the forward pass, or the loss has another part. "
        "Each contributes a term to the gradient.",
        SEQUENCES,
    ), Kind.EXTRA_TERM: EXTRA, Kind.SIGN: SIGN, Kind.OPERATOR: OPERATOR, Kind.ORDER: OPERATOR,
    Kind.TRANSPOSE: TRANSPOSED, Kind.AXIS: AXIS, Kind.SUM: NOT_SUMMED, Kind.MEAN: MEAN, Kind.CONSTANT: CONSTANT,
    Kind.FUNCTION: SLOPE, Kind.COMPARISON: MASK, Kind.INDEX: INDEX, Kind.SHAPE: SHAPE, Kind.ASSIGNMENT: ASSIGNED,
    Kind.FORMULA: OTHER_LOSS, Kind.INSERTED: FACTOR, Kind.STATEMENT: STALE, Kind.COPY: ALIAS, Kind.NAME: OTHER_VALUE,
}  # fmt: skip


def family_of(change: Change, meaning: Meaning | None, by_samples: bool = False) -> Family:
    """The family of a change.

    Args:
        meaning: of the target that the expression should have been, where that is known.
        by_samples: whether what was wrong was off by the number of samples, or by one over it.
    """
    if by_samples:
        return MEAN
    if change.kind is Kind.STATEMENT and not change.new:
        return EXTRA
    if change.kind is Kind.ORDER and isinstance(change.old, ast.stmt):
        return OTHER_VALUE
    if change.kind is Kind.NAME and meaning is Meaning.VALUE:
        return POINT
    if change.kind is Kind.EXTRA_FACTOR and isinstance(change.old, ast.BinOp) and isinstance(change.old.op, ast.Div):
        return EXTRA if isinstance(change.old.right, ast.Constant) else MEAN
    if change.kind is Kind.AXIS and isinstance(change.old, ast.Call) and "axis" not in ast.unparse(change.old):
        return NOT_SUMMED if "sum" not in ast.unparse(change.old.func) else AXIS
    if change.kind is Kind.FORMULA:
        return _PLAIN[_joined(change) or Kind.FORMULA]
    return _PLAIN[change.kind]


def _joined(change: Change) -> Kind | None:
    """Whether a formula is what stood there and a term, or a factor, more."""
    new = change.new[0] if change.new else None
    if isinstance(new, ast.BinOp) and ast.unparse(new.left) == ast.unparse(change.old):
        return Kind.TERM if isinstance(new.op, ast.Add | ast.Sub) else Kind.FACTOR
    return None
