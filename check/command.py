"""The command ``check``: from a learner's file to an answer and an exit status."""

from __future__ import annotations

import ast
import io
import json as json_format
import linecache
import re
import shlex
import tokenize
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from backproof.arithmetic import ProofError
from backproof.outputs import pending
from check.answer import CURE, STATUS, as_data, render
from check.cases import GRADIENTS
from check.diagnose import diagnose
from check.diagnosis import CANNOT_RUN, CORRECT, IS, LOOKS_LIKE, UNKNOWN, Culprit, Diagnosis
from check.learner import run_learner
from check.learner_run import LearnerRun, TrainingRequest
from check.loss_gradient import difference_probes
from check.mistakes import Mistake
from check.received import escaped
from check.small_probes import small_probes
from check.update import Trained, describe, describe_losses, name_the_loss, name_the_mistake, training_request
from proof.judgement import CANCELS, ROUNDING, WRONG
from proof.probes import Probe


def check_file(
    path: Path,
    *,
    seed: int = 0,
    probe: str | None = None,
    hint: int = CURE,
    json: Path | None = None,
    seconds: float = 10,
    memory: int = 1024,
    show_output: bool = False,
) -> tuple[str, int]:
    """Try a learner's file, and say what is wrong with it, if anything is.

    Args:
        path: the file; see ``check.learner.run_learner`` for what it may hold.
        seed: of the probes.
        probe: the name of the only probe to use.
        hint: 0 stops at the line, 1 at the pattern, 2 at the name, 3 at the cure.
        json: a file for the answer as data; written whatever the verdict.
        seconds, memory: limits for the file's process, in s and MiB.
        show_output: whether to add what the file printed.

    Returns:
        The answer, and 0 for a correct file, 1 for one that is wrong or not observable, 2 for one that cannot run.

    Raises:
        ProofError: there is no such probe.
        OSError: the file for the answer cannot be written.
    """
    probes = _chosen(seed, probe)
    source = _source(path)
    with ExitStack() as stack:
        output = stack.enter_context(pending(json)) if json else None
        diagnosis, run = examine(path, probes, seed, seconds=seconds, memory=memory)
        if output:
            output.write(json_format.dumps(as_data(diagnosis, source), indent=2).encode() + b"\n")
    replay = f"python compare.py check {shlex.quote(str(path))} --seed {seed}"
    text = render(diagnosis, source, hint, replay)
    if show_output:
        text += f"\n\nThe file printed {run.output_bytes} bytes:\n{escaped(run.output)}"
    return text, STATUS[diagnosis.verdict]


def examine(
    path: Path, probes: list[Probe], seed: int = 0, *, seconds: float = 10, memory: int = 1024
) -> tuple[Diagnosis, LearnerRun]:
    """Run a learner's file on the probes, and diagnose it; an engine is also trained."""
    asked = [each[1:] for each in (*probes, *difference_probes(probes[0], seed))]
    training = training_request(small_probes(seed)[0])
    run = run_learner(path, asked, seconds=seconds, memory=memory, training=training)
    return conclude(run, probes, seed, training), run


def conclude(run: LearnerRun, probes: list[Probe], seed: int, training: TrainingRequest) -> Diagnosis:
    """The diagnosis of a run, its training included."""
    if run.reason and "FileNotFoundError" in run.reason:
        run.reason += "; the file runs in an empty folder: name what lies beside it by Path(__file__).parent"
    diagnosis = diagnose(run, probes, seed)
    if diagnosis.verdict == CORRECT and _returns_nothing(run):
        diagnosis.verdict = CANNOT_RUN
        diagnosis.reason = "all lines are right, but backprop returns nothing: add return dW1, db1, dW2, db2"
    if run.blocks:
        _look_at_training(diagnosis, run, Trained(training, run, _dtype(run)))
    return diagnosis


def _returns_nothing(run: LearnerRun) -> bool:
    """Whether the function has no return with a value; False where its text is not known."""
    lines = linecache.getlines(run.file) or _source(Path(run.file))
    try:
        tree = ast.parse("\n".join(line.rstrip("\r\n") for line in lines))
    except SyntaxError:
        return False
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == (run.name or "backprop")]
    return bool(found) and not any(isinstance(n, ast.Return) and n.value is not None for n in ast.walk(found[-1]))


def _look_at_training(diagnosis: Diagnosis, run: LearnerRun, trained: Trained) -> None:
    right = [name for name in GRADIENTS if diagnosis.lines[name].word in (ROUNDING, CANCELS)]
    found: list[Culprit] = []
    if trained.wrong and (not diagnosis.culprits or trained.goes_astray(right)):
        found.append(_culprit("update", (), name_the_mistake(trained), describe(trained), run))
    elif trained.wrong:
        diagnosis.notes.append("whether the steps of training are right cannot be said before the lines above are")
    if trained.false_losses and (not diagnosis.culprits or diagnosis.lines["loss"].word in (ROUNDING, CANCELS)):
        found.append(_culprit("loss", ("loss",), name_the_loss(trained), describe_losses(trained), run))
    if found:
        diagnosis.culprits += found
        diagnosis.verdict = diagnosis.verdict if diagnosis.verdict == CANNOT_RUN else WRONG


def _culprit(
    line: str, seen_in: tuple[str, ...], mistakes: Sequence[Mistake], pattern: str, run: LearnerRun
) -> Culprit:
    confidence = IS if len(mistakes) == 1 else LOOKS_LIKE if mistakes else UNKNOWN
    return Culprit(line, training_line(run), seen_in, tuple(mistakes), confidence, pattern)


def training_line(run: LearnerRun) -> int | None:
    """Where an engine's own class defines how it trains."""
    source = _source(Path(run.file))
    start = next((at for at, text in enumerate(source) if re.match(rf"class {run.name}\b", text)), 0)
    for name in ("run", "fit_in_blocks", "fit"):
        for number, text in enumerate(source[start:], start + 1):
            if re.match(rf"\s+def {name}\(", text):
                return number
    return None


def _dtype(run: LearnerRun) -> str:
    return "float32" if any(p.dtype == "float32" for block in run.blocks for p in block.parameters) else "float64"


def _chosen(seed: int, name: str | None) -> list[Probe]:
    probes = small_probes(seed)
    if name is None:
        return probes
    for probe in probes:
        if probe.name == name:
            return [probe]
    raise ProofError(f"there is no probe {name!r}: choose from {', '.join(probe.name for probe in probes)}")


def _source(path: Path) -> list[str]:
    try:
        raw = path.read_bytes()
    except OSError:
        return []
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
    except SyntaxError:
        encoding = "utf-8"
    # As Python counts lines: a form feed and the like end none.
    return [line.rstrip("\n") for line in io.TextIOWrapper(io.BytesIO(raw), encoding, errors="replace")]
