"""Measure memory and time of a run on generated text, with hand-made models at the two seams: what is left is reading, tables, store and summary.

    python bench/memory.py 10000 100000 1000000

Writes docs/memory.json, which `make bench` puts into docs/performance.md.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from texts import documents

STATEMENTS = 36  # of a generated document
A_FILE = 2000  # documents: a file is read whole


class SaidTagger:
    """Finds `X said Y.` in each paragraph."""

    identity = "generated"

    def spans(self, text):
        """Return the attributions of a text."""
        from analysis.attribution import Attribution

        found, at = [], 0
        for line in text.split("\n\n"):
            said = at + line.find(" said ")
            found.append(Attribution(((at, said),), ((said + 1, said + 5),), ((said + 6, at + line.index(".")),)))
            at += len(line) + 2
        return found


class LengthClassifier:
    """Probabilities made of the statement's length."""

    name, revision, threshold = "generated", "1", 0.4

    def predict(self, pairs, progress=None):
        """Return probabilities of shape (n, 3)."""
        raw = np.array([[1 + len(p.text) % 7, 1 + len(p.context) % 5, 1 + p.start % 6] for p in pairs], dtype=float).reshape(-1, 3)
        return raw / raw.sum(1, keepdims=True)


def measure(raw, folder):
    """Run, and print seconds and peak resident megabytes."""
    from analysis.config import load_config
    from analysis.pipeline import run
    from analysis.progress import LogReporter

    began = time.perf_counter()
    options = {"classifier": LengthClassifier(), "tagger": SaidTagger(), "reporter": LogReporter(lambda line: print(line, flush=True))}
    done = run(raw, load_config(), Path(folder) / "out", cache=Path(folder) / "cache", **options)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stages = done.manifest["stages"]
    found = {"statements": stages["extract statements"]["statements"], "scores": stages["score stance"]["scores"]}
    found |= {"seconds": round(time.perf_counter() - began, 1), "megabytes": round(peak)}
    print(json.dumps(found), flush=True)


def main(sizes):
    """Measure a first run and a second one for each size, each in a process of its own."""
    from speed import processor

    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            raw = Path(folder) / "raw"
            raw.mkdir()
            _, rows = documents(None, int(size) // STATEMENTS)
            for at in range(0, len(rows), A_FILE):
                text = "".join(json.dumps(row) + "\n" for row in rows[at : at + A_FILE])
                (raw / f"{at // A_FILE:04}.jsonl").write_text(text, encoding="utf-8")
            first, again = (_measured(raw, folder) for _ in range(2))
        found.append(first | {"again, seconds": again["seconds"], "again, megabytes": again["megabytes"]})
        print(found[-1])
    (Path(__file__).parents[1] / "docs" / "memory.json").write_text(
        json.dumps({"processor": processor(), "runs": found}, indent=2) + "\n", encoding="utf-8"
    )


def _measured(raw, folder):
    with subprocess.Popen([sys.executable, __file__, "--measure", str(raw), folder], stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
    if process.returncode:
        raise SystemExit(process.returncode)
    return json.loads(line)


if __name__ == "__main__":
    measure(*sys.argv[2:]) if sys.argv[1] == "--measure" else main(sys.argv[1:])
