"""Write the generated parts of README.md: the printed table and its picture, accuracy, how sure the default is, behaviour, attribution, the column dictionary.

python training/readme.py --data DATA

Accuracy is measured by ``stance evaluate`` on the development parts; the test parts are withheld.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from analysis.attribution import load_tagger
from analysis.classifiers import shipped
from analysis.evaluate import evaluate_stance
from analysis.evaluation_charts import FIGURES
from analysis.figures import save
from analysis.tables import dictionary
from attribution_tuning import f1
from data import read_jsonl

ROOT = Path(__file__).parents[1]
SETS = {
    "our targets (gold dev)": "gold/dev.jsonl",
    "NewsMTSC rw-dev": "data/newsmtsc/rw-dev.jsonl",
    "NewsMTSC mt-dev": "data/newsmtsc/mt-dev.jsonl",
}


def put(name: str, text: str) -> None:
    """Replace what stands between the marks of a generated part."""
    path = ROOT / "README.md"
    before = path.read_text(encoding="utf-8")
    after = re.sub(
        rf"(<!-- {name}:begin -->).*?(<!-- {name}:end -->)", lambda m: f"{m[1]}\n{text.strip()}\n{m[2]}", before, flags=re.DOTALL
    )
    path.write_text(after, encoding="utf-8")


def printed() -> str:
    """Run the pipeline as ``make run`` does and return what it prints; the charts go to docs/."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "analysis.cli", "run", "data/raw", "--out", folder]
        out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for ending in ("png", "svg"):
            shutil.copy(Path(folder) / "charts" / f"stance-by-target.{ending}", ROOT / "docs" / f"stance-by-target.{ending}")
    lines = [line.rstrip() for line in out.splitlines() if "manifest.json are in" not in line]
    return "```text\n" + "\n".join(lines).strip("\n") + "\n```"


def accuracy(data: Path, models: Sequence[str] = tuple(shipped()), charts: bool = False) -> str:
    """Return the accuracy table in Markdown; with ``charts``, the figures on our own targets go to docs/."""
    lines = [
        "| set | classifier | n | macro-F1 [95 % interval] | against | neutral | favor | accuracy | ECE | coverage at 90 % |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    groups = []
    for name, file in SETS.items():
        train = data / ("gold/train.jsonl" if "gold" in file else "data/newsmtsc/train.jsonl")
        evaluation = evaluate_stance(data / file, models, train)
        for classifier, r in evaluation.table.iterrows():
            sure = f"{r['ece']:.3f} | {r['coverage_at_90']:.2f}" if r["ece"] == r["ece"] else " | "
            lines.append(
                f"| {name} | {classifier} | {int(r['n'])} | {r['macro_f1']:.1f} [{r['low']:.1f}, {r['high']:.1f}] | {r['f1_against']:.1f} | {r['f1_neutral']:.1f} | {r['f1_favor']:.1f} | {r['accuracy']:.1f} | {sure} |"
            )
        if "gold" in file:
            groups = [
                f"{r.value} {r.macro_f1:.1f} (n {r.n})"
                for t in evaluation.groups.values()
                for r in t.itertuples()
                if r.classifier == models[0]
            ]
            if charts:
                shown = [m for m in evaluation.probabilities if "without" not in m]
                for chart, draw in FIGURES.items():
                    save(ROOT / "docs" / f"stance-{chart}", partial(draw, evaluation, shown))
    said = "Measured with `stance evaluate stance` on development sets, which were watched in training and used for calibration (gold dev); the test sets are withheld. F1 in percent. `without target`: the mention neither marked nor named, which no network was trained to read; the fast one then answers neutral nearly always, and is part of the default."
    return f"{said}\n\n" + "\n".join(lines) + f"\n\nMacro-F1 of `{models[0]}` on gold dev by target and genre: {', '.join(groups)}."


def sure(data: Path) -> str:
    """Return how often the default is right where it says what, over the development sets together."""
    found = [evaluate_stance(data / file, ["default"]) for file in SETS.values()]
    p, labels = (np.concatenate(parts) for parts in ([e.probabilities["default"] for e in found], [e.labels for e in found]))
    top, right = p.max(1), p.argmax(1) == labels
    bands = [(top > low) & (top <= high) for low, high in ((0.7, 0.8), (0.8, 0.9), (0.9, 1.0))]
    first, second, third = (f"{100 * right[band].mean():.0f} % ({band.sum()} statements)" for band in bands)
    return (
        f"Where the default says 0.7 to 0.8, {first} of the development sets are right, from 0.8 to 0.9 {second}, above 0.9 {third}: in the middle it is surer than it should be "
        f"([reliability](docs/stance-reliability.png)). Below a threshold it says `unsure` instead of a class, so that of all it decides nine in ten are right (on gold dev), those just above the "
        f"threshold less often; the probabilities stand beside it in `scores`. What that costs in statements:"
    )


def behaviour(models: Sequence[str] = tuple(shipped())) -> str:
    """Return the pass rates on the behavioural suite in Markdown."""
    evaluation = evaluate_stance(ROOT / "tests/behaviour.jsonl", models)
    table = evaluation.groups["capability"].pivot(index="value", columns="classifier", values="accuracy")
    n = evaluation.groups["capability"].drop_duplicates("value").set_index("value")["n"]
    lines = ["| capability | n | " + " | ".join(models) + " |", "| --- | --- |" + " --- |" * len(models)]
    lines += [f"| {value} | {n[value]} | " + " | ".join(f"{table.loc[value, m]:.0f}" for m in models) + " |" for value in n.index]
    return "\n".join(
        [*lines, f"| **all** | {n.sum()} | " + " | ".join(f"**{evaluation.table.loc[m, 'accuracy']:.0f}**" for m in models) + " |"]
    )


def failures() -> str:
    """Return the cases of the behavioural suite that the default gets wrong, as a page in Markdown."""
    wrong = evaluate_stance(ROOT / "tests/behaviour.jsonl", ["default"]).wrong["default"].sort_values("capability", kind="stable")
    lines = ["# Cases of the behavioural suite that the default gets wrong", ""]
    lines += [
        f"{len(wrong)} of the cases in `tests/behaviour.jsonl` (speakers are invented), by capability, the surest first. Written by `training/readme.py`.",
        "",
        "| capability | target | statement | holder | right | says | p |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {r.capability} | {r.target} | {r.text} | {r.holder or ''} | {r.label} | {r.says} | {r.p:.2f} |" for r in wrong.itertuples()
    ]
    return "\n".join(lines) + "\n"


def attribution(data: Path) -> str:
    """Return how well the shipped attribution models do, and the command that says how often the speaker is right."""
    articles = read_jsonl(data / "data/polnear/dev.jsonl")
    words = sum(len(a["text"].split()) for a in articles)
    lines = ["| attribution | source | cue | content | linked | words a second |", "| --- | --- | --- | --- | --- | --- |"]
    for name in ("default", "fast"):
        tagger = load_tagger(name)
        tagger.spans(articles[0]["text"])
        began = time.perf_counter()
        found = [tagger.spans(a["text"]) for a in articles]
        speed = words / (time.perf_counter() - began)
        scores = f1(articles, found)
        lines.append(
            f"| {name} | " + " | ".join(f"{scores[role]:.1f}" for role in ("source", "cue", "content", "linked")) + f" | {speed:,.0f} |"
        )
    command = [sys.executable, str(ROOT / "training/speaker_accuracy.py"), str(data)]
    first = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0].split()
    said = f"Who says what: exact F1 in percent on PolNeAR dev, {len(articles)} whole articles. The speaker it leads to is right for {first[1]} % of the {first[-1]} statements of gold dev"
    return f"{said} (`training/speaker_accuracy.py`): read before you quote.\n\n" + "\n".join(lines)


def columns() -> str:
    """Return the column dictionary in Markdown."""
    lines = ["| table | column | kind | may be missing | meaning |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| `{r.table}` | `{r.column}` | {r.kind} | {r.missing} | {r.meaning} |"
        for r in dictionary().rename(columns={"may be missing": "missing"}).itertuples()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds gold/ and data/")
    arguments = parser.parse_args()
    put("table", printed())
    put("accuracy", accuracy(arguments.data, charts=True))
    put("behaviour", behaviour())
    put("sure", sure(arguments.data))
    (ROOT / "docs" / "behaviour.md").write_text(failures(), encoding="utf-8")
    put("attribution", attribution(arguments.data))
    put("dictionary", columns())
