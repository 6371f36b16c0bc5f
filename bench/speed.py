"""Measure the speed of everything in one run, as ratios; write docs/performance.md and docs/performance.json.

python bench/speed.py --data ../shared

Needs torch, transformers and onnx (make bench installs them). With a data folder its corpora and gold dev are used; without one, generated text, and the accuracy is left out.
Nothing else should run on the machine meanwhile.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "training")]

from peak import int8_peak  # noqa: E402
from rivals import InFloat32, roberta, zero_shot  # noqa: E402
from texts import documents, pairs  # noqa: E402

from analysis import load_config, run  # noqa: E402
from analysis.attribution import load_tagger  # noqa: E402
from analysis.classifiers import SHIPPED, shipped  # noqa: E402
from analysis.embedded import EmbeddedClassifier  # noqa: E402
from analysis.inference import softmax  # noqa: E402

PAIRS, SLOW_PAIRS, DOCUMENTS, WORDS = 1200, 8, 120, 4000


def rate(n: int, work: Callable[[], object], repeats: int = 3) -> float:
    """Return how many a second: the median of some runs, after one that does not count."""
    work()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return n / float(np.median(times))


def processor() -> str:
    """Return the processor's name and what it has for int8."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.split(": ", 1)[1] for line in lines if line.startswith("model name"))
        flags = next(line for line in lines if line.startswith("flags"))
        has = [label for flag, label in (("avx512_vnni", "AVX-512 VNNI"), ("avx_vnni", "AVX VNNI"), ("amx_int8", "AMX")) if flag in flags]
        return f"{name} ({', '.join(has) or 'without VNNI'})"
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def stance(texts: list[dict[str, str]]) -> dict[str, Any]:
    """Return pairs a second of every stance model on the same pairs."""
    some = pairs(texts, PAIRS)
    found: dict[str, Any] = {"pairs": len(some)}
    for name in shipped():
        classifier = _named(name)
        found[name] = rate(len(some), partial(classifier.predict, some))
        found[f"tokens a pair, {name}"] = _tokens(classifier, some)
        if name == "default":
            exact = InFloat32(classifier)
            found |= _peak(classifier, found[name] * exact.multiply_adds(some))
            found["default in torch float32"] = rate(200, partial(exact.run, _spread(some, 200)))
    found["RoBERTa-base target classifier, torch float32"] = rate(100, partial(roberta, _spread(some, 100)))
    found["zero-shot pipeline, architecture of bart-large-mnli"] = rate(SLOW_PAIRS, partial(zero_shot, _spread(some, SLOW_PAIRS)))
    return found


def _spread(some: list[Any], n: int) -> list[Any]:
    """Return ``n`` of the pairs, from first to last at equal distances."""
    return [some[i * len(some) // n] for i in range(n)]


def _named(name: str) -> EmbeddedClassifier:
    return EmbeddedClassifier(SHIPPED[name])


def _tokens(classifier: EmbeddedClassifier, some: list[Any]) -> float:
    return float(np.mean([len(e) for e in classifier.model.tokenizer.encode_batch([classifier.written(p) for p in some])]))


def _peak(classifier: EmbeddedClassifier, used: float) -> dict[str, float]:
    """Return the multiply-adds a second of the model's products with weights, the processor's, and the share."""
    most = int8_peak(classifier.model.threads)
    return {"multiply-adds a second": used, "int8 peak, multiply-adds a second": most, "share of the peak": used / most}


def stages(texts: list[dict[str, str]]) -> dict[str, Any]:
    """Return statements a second of whole runs and of their stages, by the models used."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "articles.jsonl"
        source.write_text("\n".join(json.dumps({k: v for k, v in t.items() if k != "doc_id"}) for t in texts), encoding="utf-8")
        for tagger, model in (("default", "default"), ("fast", "fast" if "fast" in shipped() else "default")):
            config = load_config()
            config = replace(config, statements=replace(config.statements, tagger=tagger), stance=replace(config.stance, model=model))
            began = time.perf_counter()
            done = run(source, config, Path(folder) / f"results-{tagger}")
            seconds, n = time.perf_counter() - began, len(done.tables["statements"])
            parts = {
                name: {"seconds": stage["seconds"], "statements a second": n / max(stage["seconds"], 1e-3)}
                for name, stage in done.manifest["stages"].items()
            }
            found[f"attribution {tagger}, stance {model}"] = {
                "statements": n, "scores": len(done.tables["scores"]), "seconds": seconds, "statements a second": n / seconds, "stages": parts,
            }  # fmt: skip
    text = " ".join("\n\n".join(t["text"] for t in texts).split(" ")[:WORDS])
    for name in ("default", "fast"):
        found[f"attribution {name}, words a second"] = rate(WORDS, partial(load_tagger(name).spans, text))
    return found


def starts() -> dict[str, float]:
    """Return the seconds of whole commands, the fastest of three."""

    def fastest(*command: str) -> float:
        times = []
        for _ in range(3):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-m", "analysis.cli", *command], check=True, capture_output=True, cwd=ROOT)
            times.append(time.perf_counter() - began)
        return min(times)

    with tempfile.TemporaryDirectory() as folder:
        return {
            "stance --help": fastest("--help"),
            "stance run on one article": fastest("run", "data/raw", "--out", folder, "--overwrite", "--no-cache"),
        }


def rounding(data: Path, name: str) -> dict[str, float]:
    """Return a model's macro-F1 on gold dev as shipped and in float32, in percent, and the greatest difference of a probability."""
    from analysis.rows import labels_from, pairs_from, read_rows
    from stance_model import macro_f1

    path, classifier = data / "gold" / "dev.jsonl", _named(name)
    rows = read_rows(path, ["id", "text", "target", "start", "end"])
    labels, some = labels_from(rows, path), pairs_from(rows, path)
    logits = InFloat32(classifier).run(some)[:, :3]
    exact, p = softmax(logits / classifier.temperature + classifier.bias), classifier.predict(some)
    return {
        "n": len(rows),
        "as shipped": macro_f1(labels, p),
        "float32": macro_f1(labels, exact),
        "greatest difference": float(np.abs(p - exact).max()),
    }


def table(found: dict[str, Any]) -> str:
    """Return the page."""
    s, zero = found["stance"], found["stance"]["zero-shot pipeline, architecture of bart-large-mnli"]
    named = [k for k in s if k in ("default", "fast") or "torch" in k or "zero-shot" in k]
    lines = [
        "# Performance", "",
        f"Measured in one run by `make bench` on: {found['processor']}, {found['cores']} cores; Python {found['python']}, onnxruntime {found['onnxruntime']}, torch {found['torch']}. Texts: {found['texts']}.",
        "The machine's own speed is in every figure; the ratios, measured side by side, travel better.", "",
        f"## Stance, {s['pairs']} pairs", "", f"The default reads {s['tokens a pair, default']:.0f} tokens of a pair, the fast model, which takes less context, {s['tokens a pair, fast']:.0f}.", "", "| model | pairs a second | times the zero-shot pipeline |", "| --- | --- | --- |",
        *(f"| {k} | {s[k]:,.1f} | {s[k] / zero:,.0f} |" for k in named), "",
        f"The default does {s['multiply-adds a second'] / 1e9:,.0f} thousand million multiply-adds a second in its products with weights, {100 * s['share of the peak']:.0f} % of what the same library does in one "
        f"large int8 product on this machine ({s['int8 peak, multiply-adds a second'] / 1e9:,.0f}).", "",
    ]  # fmt: skip
    if "rounding" in found:
        said = [
            f"{name} {r['as shipped']:.1f} as shipped, {r['float32']:.1f} with the same weights computed in float32"
            for name, r in found["rounding"].items()
        ]
        lines += [f"Macro-F1 on gold dev ({found['rounding']['default']['n']} statements): {'; '.join(said)}.", ""]
    runs = {k: v for k, v in found["runs"].items() if isinstance(v, dict)}
    lines += [
        "## Whole runs", "", "| models | statements | scores (pairs) | seconds | statements a second | pairs a second | pairs a second while scoring |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    lines += [
        f"| {k} | {v['statements']:,} | {v['scores']:,} | {v['seconds']:.1f} | {v['statements a second']:,.0f} | {v['scores'] / v['seconds']:,.0f} | "
        f"{v['scores'] / v['stages']['score stance']['seconds']:,.0f} |"
        for k, v in runs.items()
    ]
    names = list(next(iter(runs.values()))["stages"])
    lines += ["", "Seconds by stage:", "", f"| models | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}"]
    lines += [f"| {k} | {' | '.join(format(v['stages'][n]['seconds'], '.2f') for n in names)} |" for k, v in runs.items()]
    words = [f"{k.split(',')[0]} {v:,.0f}" for k, v in found["runs"].items() if not isinstance(v, dict)]
    lines += [
        "",
        f"Words a second: {', '.join(words)}.",
        "",
        "## Start",
        "",
        *(f"- `{k}`: {v:.2f} s" for k, v in found["starts"].items()),
        "",
        *memory(),
    ]
    return "\n".join(lines)


def memory() -> list[str]:
    """Return the lines on memory, as bench/memory.py measured it last."""
    path = ROOT / "docs" / "memory.json"
    if not path.is_file():
        return []
    found = json.loads(path.read_text(encoding="utf-8"))
    rows = found["runs"]
    return [
        "## Memory", "",
        "Runs on generated text with hand-made models at the two seams, so that reading, tables, store and estimates are what is measured (`bench/memory.py`, "
        f"one process on: {found['processor']}); "
        "the report is left out above 200,000 scores. Again: the same run with nothing new.", "",
        "| statements | scores | seconds | resident megabytes at most | again, seconds | again, megabytes |", "| --- | --- | --- | --- | --- | --- |",
        *("| " + " | ".join(f"{row[k]:,}" for k in ("statements", "scores", "seconds", "megabytes", "again, seconds", "again, megabytes")) + " |" for row in rows), "",
    ]  # fmt: skip


def main() -> None:
    """Measure, print, write."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, help="folder with corpora/ and gold/")
    data = p.parse_args().data
    data = data if data and data.is_dir() else None
    kind, texts = documents(data, DOCUMENTS)
    _, many = documents(data, 5 * DOCUMENTS, seed=1)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    found: dict[str, Any] = {
        "processor": processor(),
        "cores": cores,
        "python": platform.python_version(),
        "onnxruntime": version("onnxruntime"),
        "torch": version("torch"),
        "texts": kind,
    }
    parts: list[tuple[str, Callable[[], Any]]] = [("starts", starts), ("runs", lambda: stages(texts)), ("stance", lambda: stance(many))]
    if data:
        parts.append(("rounding", lambda: {name: rounding(data, name) for name in shipped()}))
    for name, part in parts:
        print(f"measuring: {name} …", flush=True)
        found[name] = part()
    page = table(found)
    print(page)
    (ROOT / "docs" / "performance.md").write_text(page, encoding="utf-8")
    (ROOT / "docs" / "performance.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
