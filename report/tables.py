"""The results of a comparison as text: a few tables for a terminal, made from the JSON results alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import median
from textwrap import fill

from tabulate import tabulate

from comparison.results import BlockResult, CertificateResult, EngineResult, Experiment, LineResult, Results
from engines import Parameters
from report.columns import table
from report.names import last
from report.summary import steps_taken


def render(results: Results) -> str:
    """Everything that a comparison found, top to bottom, the verdict last."""
    return "\n\n".join(_sections(results))


def _sections(results: Results) -> Iterator[str]:
    engines = results["engines"]
    yield settings(results["experiment"])
    for place in dict.fromkeys(line["weights"] for line in results["verdicts"]):
        yield f"Error against the truth at {place} weights: median over all entries, in ulps\n" + verdicts(
            results, place
        )
    yield LEGEND
    if any(line["digits_lost"] for line in results["verdicts"]):
        yield "Where digits get lost, and who is closest to the truth\n" + digits_lost(results)
    if results["agreement"]["lines"]:
        yield "Between engines: largest difference, in epsilons of the line's largest entry\n" + differences(results)
    if engines:
        yield "Mean loss of each epoch\n" + losses(engines)
        yield "After training\n" + outcome(results)
    if results["agreement"]["training"]:
        yield "Between engines after training: weights in epsilons of the largest entry\n" + pairs(results)
    if any(results["audit"].values()):
        yield "Audit: blocks of training, run again from the engine's own weights\n" + audit(results)
    if "certificate" in results:
        yield "Against the whole training in exact arithmetic\n" + certificate(results["certificate"])
    yield verdict(results)


SHOWN = 10  # test images of two engines

LEGEND = """A bare number is rounding: inside what rounding can do to a correct program.
~ cancels: right in exact arithmetic, by a formula that loses digits here."""


def verdicts(results: Results, place: str) -> str:
    """A row a line, a column for each engine in each type; a table for each type where both do not fit beside."""
    cells: dict[str, dict[tuple[str, str], str]] = {}
    for line in results["verdicts"]:
        if line["weights"] == place:
            cells.setdefault(line["line"], {})[line["dtype"], line["engine"]] = _verdict_cell(line)
    columns = list(next(iter(cells.values())))

    def of(shown: Sequence[tuple[str, str]]) -> str:
        rows = [[line, *(row[column] for column in shown)] for line, row in cells.items()]
        return table(rows, ["line", *(f"{dtype}\n{last(engine)}" for dtype, engine in shown)])

    together = of(columns)
    if "\n\n" not in together:
        return together
    types = dict.fromkeys(dtype for dtype, _ in columns)
    return "\n\n".join(of([column for column in columns if column[0] == dtype]) for dtype in types)


def _verdict_cell(line: LineResult) -> str:
    if line["verdict"] in ("rounding", "cancels"):
        return ("~" if line["verdict"] == "cancels" else "") + _short(line["median_ulps"])
    return line["verdict"].upper() if line["verdict"] == "wrong" else line["verdict"]


def digits_lost(results: Results) -> str:
    """A row for each line that cancels by its own formula: in which engines, by which, and who keeps its digits."""
    engines = list(dict.fromkeys(line["engine"] for line in results["verdicts"]))
    rows = []
    for ruling in results["rulings"]:
        key = (ruling["line"], ruling["weights"], ruling["dtype"])
        lost = {
            line["engine"]: line
            for line in results["verdicts"]
            if (line["line"], line["weights"], line["dtype"]) == key
            and line["digits_lost"]
            and not line["inherited_from"]
        }
        if lost:
            digits = [f"{lost[name]['digits_lost']:.1f}" if name in lost else "0" for name in engines]
            closest = fill(" ".join(map(last, ruling["closest"])), 20)
            forms = fill(", ".join(dict.fromkeys(line["form"] for line in lost.values())), 40)
            rows.append([*key, closest, *digits, forms])
    return table(rows, ["line", "weights", "type", "closest", *map(last, engines), "digits lost by"], first=3)


def differences(results: Results) -> str:
    """A row for each two engines, a column for each setting of the weights: the largest of the twelve lines."""
    cells: dict[tuple[str, ...], dict[str, str]] = {}
    for place in dict.fromkeys(difference["weights"] for difference in results["agreement"]["lines"]):
        for pair in dict.fromkeys(tuple(difference["engines"]) for difference in results["agreement"]["lines"]):
            lines = [d for d in results["agreement"]["lines"] if d["weights"] == place and tuple(d["engines"]) == pair]
            worst = max(lines, key=lambda line: math.inf if line["epsilons"] is None else line["epsilons"])
            number = _short(worst["epsilons"]) if worst["reason"] is None else worst["reason"]
            cells.setdefault(pair, {})[place] = f"{number} ({worst['line']})"
    return table(
        [[_both(pair), *row.values()] for pair, row in cells.items()], ["engines", *next(iter(cells.values()))]
    )


def audit(results: Results) -> str:
    rows = [
        [
            last(name),
            f"{sum(block['word'] == 'rounding' for block in blocks)} of {len(blocks)}",
            str(sum(block["word"] == "not observable" for block in blocks)),
            f"{sum(block['steps'] for block in blocks):,}",
            *(_radius(measure([_bound(block) for block in blocks])) for measure in (median, max)),
            f"{max(block['blind'] for block in blocks):.1%}",
        ]
        for name, blocks in results["audit"].items()
        if blocks
    ]
    headers = [
        "",
        "within\nrounding",
        "not\nobservable",
        "steps",
        "radius\nmedian",
        "radius\nlargest",
        "blind\nat most",
    ]
    lines = [
        table(rows, headers),
        "radius: what rounding can do to a weight, as a fraction of how far it moved;",
        "blind: the share of weights in which that is all of the movement. A block is",
        "not observable where all are blind, or rounding has no bound.",
    ]
    if results["experiment"]["dtype"] == "float32":
        lines.append("In float32 the radius grows with training: late in it a small mistake passes, by any method.")
    if drift := results.get("control"):
        moved = ", ".join(f"{name} {_number(distance, '.1f')}" for name, distance in drift["weights"].items())
        lines.append(
            f"Harmless drift: {last(drift['engine'])} with pixels and hidden units in another order ends within\n"
            f"{moved} epsilons of itself."
        )
    return "\n".join(lines)


def settings(experiment: Experiment) -> str:
    first, second = experiment["classes"]
    rows = {
        "network": f"{experiment['inputs']}-{experiment['hidden']}-1, sigmoid, binary cross-entropy",
        "classes": f"{first} (0) against {second} (1)",
        "samples": f"{experiment['train_samples']:,} to train, {experiment['test_samples']:,} to test",
        "training": f"{experiment['epochs']} epochs of SGD, batch size {experiment['batch_size']}, "
        f"learning rate {experiment['learning_rate']:.6g}",
        "numbers": f"{experiment['dtype']}, seed {experiment['seed']}",
        **{f"sha256 {name.replace('_', ' ')}": value[:32] for name, value in experiment["fingerprints"].items()},
        "versions": fill(", ".join(f"{name} {version}" for name, version in experiment["versions"].items()), 56),
        "machine": experiment["machine"],
    }
    return tabulate(rows.items(), tablefmt="plain", disable_numparse=True)


def losses(engines: dict[str, EngineResult]) -> str:
    by_epoch = zip(*(result["losses"] for result in engines.values()), strict=True)
    rows = [
        [str(epoch), *(_number(loss, ".12f") for loss in row), _spread(row)] for epoch, row in enumerate(by_epoch, 1)
    ]
    return table(rows, ["epoch", *map(last, engines), "relative\nspread"])


def outcome(results: Results) -> str:
    engines = results["engines"]
    steps = steps_taken(results)
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
        "one step, us": [f"{r['seconds']['train'] / steps * 1e6:.1f}" if steps else "-" for r in engines.values()],
    }
    if steps and "floor" in results:
        floor = results["floor"]["microseconds"] * 1e-6 * steps
        rows["one step, times a plain loop's"] = [f"{r['seconds']['train'] / floor:.1f}" for r in engines.values()]
    return table([[name, *cells] for name, cells in rows.items()], ["", *map(last, engines)])


def pairs(results: Results) -> str:
    rows = [
        [
            _both(pair["engines"]),
            _number(pair["loss"], ".1e"),
            *(_number(distance, ".1f") for distance in pair["weights"].values()),
            str(len(pair["disagreements"])),
        ]
        for pair in results["agreement"]["training"]
    ]
    shown = table(rows, ["engines", "epoch loss\n(relative)", *Parameters._fields, "test images\nclassed otherwise"])
    return "\n".join([shown, *_told_apart(results)])


def _told_apart(results: Results) -> Iterator[str]:
    """A sentence for each two engines that put test images into different classes: which images."""
    for pair in results["agreement"]["training"]:
        if images := pair["disagreements"]:
            more = f" and {len(images) - SHOWN:,} more" if len(images) > SHOWN else ""
            listed = ", ".join(map(str, images[:SHOWN]))
            yield f"{_both(pair['engines'])} class these test images otherwise, by position: {listed}{more}"


def certificate(result: CertificateResult) -> str:
    """The true loss of every epoch, and each engine's drift from the truth."""
    engines = list(result["drift"])
    rows = [
        [str(epoch), loss, *(_short(max(result["drift"][name][epoch - 1].values())) for name in engines)]
        for epoch, loss in enumerate(result["losses"], 1)
    ]
    wrong = ", ".join(f"{last(name)} {len(images)}" for name, images in result["wrong_predictions"].items())
    return "\n".join(
        [
            table(rows, ["epoch", "true mean loss", *(f"{last(name)}\ndrift" for name in engines)]),
            "drift: a weight's largest distance from the truth, in ulps of its array's largest",
            f"entry. The class of {result['proven']:,} test images is proven; missed by {wrong}.",
        ]
    )


def verdict(results: Results) -> str:
    lines = [*results["missing"].values()]
    lines += [f"- {reason['engine']}: {reason['text']}" for reason in results["agreement"]["reasons"]]
    names = [*results["engines"]] or ["no engine"]
    lines.append("What this verdict rests on: proof/ASSUMPTIONS.md")
    return "\n".join([*lines, f"Verdict: {results['verdict']} ({', '.join(names)}; {results['seconds']:.1f} s)"])


def _both(engines: Sequence[str]) -> str:
    return " and ".join(map(last, engines))


def _number(value: float | None, form: str) -> str:
    return "not finite" if value is None else format(value, form)


def _bound(block: BlockResult) -> float:
    return math.inf if block["radius"] is None else block["radius"]


def _radius(value: float) -> str:
    return f"{value:.0e}" if math.isfinite(value) else "no bound"


def _short(value: float | None) -> str:
    """Two digits: 0.35, 12, 1.2e3."""
    return "-" if value is None else f"{value:.2g}".replace("e+0", "e").replace("e+", "e")


def _spread(row: Sequence[float | None]) -> str:
    numbers = [value for value in row if value is not None]
    if len(numbers) < len(row):
        return "not finite"
    return f"{(max(numbers) - min(numbers)) / (max(numbers) or 1):.1e}"
