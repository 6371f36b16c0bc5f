"""Measure memory and time of a run on generated text, with hand-made models at the two seams: what is left is reading, tables, store and summary.

python bench/memory.py 10000 100000
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

PARAGRAPHS = 8
NAMES = ("Ana Sample", "Bo Sample", "Minister Cy Sample", "Dee Sample, a member of the council,")
TARGETS = ("NATO", "Ukraine", "the US", "the West", "Freedonia", "the council", "the market", "the harvest")


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


def generate(path, statements):
    """Write articles with about so many statements."""
    rng = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        for i in range(statements // (2 * PARAGRAPHS)):
            lines = [
                f"{rng.choice(NAMES)} said {rng.choice(TARGETS)} was part of plan number {rng.randrange(10**6)} of {rng.randrange(10**6)} that had been agreed on before. "
                f"Talks with {rng.choice(TARGETS)} on article {i} start in room {rng.randrange(10**6)} on the morning of day {rng.randrange(10**6)} after the holidays."
                for _ in range(PARAGRAPHS)
            ]
            row = {
                "text": "\n\n".join(lines),
                "title": f"Talks {i}",
                "date": f"20{10 + i % 12}-{1 + i % 9:02}-05",
                "source": f"Gazette {i % 20}",
            }
            file.write(json.dumps(row) + "\n")


def measure(raw, folder):
    """Run, and print seconds and peak resident megabytes."""
    from analysis.config import load_config
    from analysis.pipeline import run
    from analysis.progress import LogReporter

    began = time.perf_counter()
    options = {"classifier": LengthClassifier(), "tagger": SaidTagger(), "reporter": LogReporter(print)}
    done = run(raw, load_config(), Path(folder) / "out", cache=Path(folder) / "cache", **options)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stages = done.manifest["stages"]
    n = stages["extract statements"]["statements"]
    print(f"{n:,} statements, {stages['score stance']['scores']:,} scores: {time.perf_counter() - began:,.1f} s, peak {peak:,.0f} MB")


def main(sizes):
    """Measure a first run and a second one for each size, each in a process of its own."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            raw = Path(folder) / "articles.jsonl"
            generate(raw, int(size))
            for _ in range(2):
                subprocess.run([sys.executable, __file__, "--measure", str(raw), folder], check=True, env={**os.environ})


if __name__ == "__main__":
    measure(*sys.argv[2:]) if sys.argv[1] == "--measure" else main(sys.argv[1:])
