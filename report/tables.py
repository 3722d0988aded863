"""The results of a comparison as text: a few tables for a terminal, made from the JSON results alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from tabulate import tabulate

from check.results import EngineResult, Experiment, Results
from engines import Parameters


def render(results: Results) -> str:
    """Everything that a comparison found, top to bottom, the verdict last."""
    return "\n\n".join(_sections(results))


def _sections(results: Results) -> Iterator[str]:
    engines = results["engines"]
    yield settings(results["experiment"])
    if results["agreement"]["steps"]:
        yield "The twelve lines: largest difference, in epsilons of the array's largest entry\n" + steps(results)
    if engines:
        yield "Mean loss of each epoch\n" + losses(engines)
        yield "After training\n" + outcome(results)
    if results["agreement"]["training"]:
        yield "Between engines after training: weights in epsilons of the largest entry\n" + pairs(results)
    yield verdict(results)


def settings(experiment: Experiment) -> str:
    first, second = experiment["classes"]
    rows = {
        "network": f"{experiment['inputs']}-{experiment['hidden']}-1, sigmoid, binary cross-entropy",
        "classes": f"{first} (0) against {second} (1)",
        "samples": f"{experiment['train_samples']:,} to train, {experiment['test_samples']:,} to test",
        "training": f"{experiment['epochs']} epochs of SGD, batch size {experiment['batch_size']}, "
        f"learning rate {experiment['learning_rate']:.8g}",
        "numbers": f"{experiment['dtype']}, seed {experiment['seed']}",
        **{f"sha256 {name.replace('_', ' ')}": value[:32] for name, value in experiment["fingerprints"].items()},
        "versions": ", ".join(f"{name} {version}" for name, version in experiment["versions"].items()),
        "machine": experiment["machine"],
    }
    return tabulate(rows.items(), tablefmt="plain", disable_numparse=True)


def steps(results: Results) -> str:
    """A row a line, a column for each two engines at each setting of the weights."""
    cells: dict[str, dict[str, str]] = {}
    for difference in results["agreement"]["steps"]:
        column = difference["weights"] + "\n" + "\n".join(difference["engines"])
        number = difference["epsilons"]
        cells.setdefault(difference["line"], {})[column] = difference["reason"] or f"{number:.2g}"
    return _table([[line, *row.values()] for line, row in cells.items()], ["line", *next(iter(cells.values()))])


def losses(engines: dict[str, EngineResult]) -> str:
    by_epoch = zip(*(result["losses"] for result in engines.values()), strict=True)
    rows = [
        [str(epoch), *(_number(loss, ".12f") for loss in row), _spread(row)] for epoch, row in enumerate(by_epoch, 1)
    ]
    return _table(rows, ["epoch", *engines, "relative spread"])


def outcome(results: Results) -> str:
    engines = results["engines"]
    steps_taken = results["experiment"]["epochs"] * math.ceil(
        results["experiment"]["train_samples"] / results["experiment"]["batch_size"]
    )
    rows = {
        "test accuracy": [f"{r['accuracy']:.2%}" for r in engines.values()],
        "training accuracy": [f"{r['train_accuracy']:.2%}" for r in engines.values()],
        "test loss": [_number(r["test_loss"], ".6f") for r in engines.values()],
        "training loss": [_number(r["train_loss"], ".6f") for r in engines.values()],
        "true 0: said 0, said 1": ["{}, {}".format(*r["confusion"][0]) for r in engines.values()],
        "true 1: said 0, said 1": ["{}, {}".format(*r["confusion"][1]) for r in engines.values()],
        "loop": [r["loop"] for r in engines.values()],
        "set-up and compile, s": [f"{r['seconds']['setup']:.2f}" for r in engines.values()],
        "training, s": [f"{r['seconds']['train']:.2f}" for r in engines.values()],
        "one step, us": [
            f"{r['seconds']['train'] / steps_taken * 1e6:.1f}" if steps_taken else "-" for r in engines.values()
        ],
    }
    return _table([[name, *cells] for name, cells in rows.items()], ["", *engines])


def pairs(results: Results) -> str:
    rows = [
        [
            " and ".join(pair["engines"]),
            _number(pair["loss"], ".1e"),
            *(_number(distance, ".1f") for distance in pair["weights"].values()),
            str(len(pair["disagreements"])),
        ]
        for pair in results["agreement"]["training"]
    ]
    return _table(rows, ["engines", "epoch loss\n(relative)", *Parameters._fields, "test images\ntold apart"])


def verdict(results: Results) -> str:
    lines = [f"{name}: {how}" for name, how in results["missing"].items()]
    lines += [f"- {reason}" for reason in results["agreement"]["reasons"]]
    names = [*results["engines"]] or ["no engine"]
    return "\n".join([*lines, f"Verdict: {results['verdict']} ({', '.join(names)}; {results['seconds']:.1f} s)"])


def _table(rows: list[list[str]], headers: list[str]) -> str:
    align = ("left",) + ("right",) * (len(headers) - 1)
    return tabulate(rows, headers, tablefmt="simple", colalign=align if rows else None, disable_numparse=True)


def _number(value: float | None, form: str) -> str:
    return "not finite" if value is None else format(value, form)


def _spread(row: Sequence[float | None]) -> str:
    numbers = [value for value in row if value is not None]
    if len(numbers) < len(row):
        return "not finite"
    return f"{(max(numbers) - min(numbers)) / (max(numbers) or 1):.1e}"
