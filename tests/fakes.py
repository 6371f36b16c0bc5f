"""Hand-made models at the two seams, a run with them, and a program that runs them in a process of its own, to be killed."""

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from analysis import answers
from analysis.attribution import Attribution
from analysis.config import load_config
from analysis.pipeline import run

CONFIG = load_config()
# A grouping without a chart, and blocks of one or two articles.
CONFIG = replace(
    CONFIG, summary=replace(CONFIG.summary, by=(("kind",),), min_articles=1, resamples=100), report=replace(CONFIG.report, words=0)
)
NAMES = ("Ana Sample", "Bo Sample", "Cy Sample")
TARGETS = ("NATO", "Ukraine", "the US", "the West", "Freedonia")


class SaidTagger:
    """Finds `X said Y.` in the first sentence of a text; keeps the texts it was asked about."""

    def __init__(self, identity="said"):
        self.identity, self.asked = identity, []

    def spans(self, text):
        self.asked.append(text)
        at = text.find(" said ")
        return [Attribution(((0, at),), ((at + 1, at + 5),), ((at + 6, text.index(".", at)),))] if at >= 0 else []


class LengthClassifier:
    """Probabilities that depend on every letter of a pair; keeps the pairs it was asked about."""

    name, threshold = "length", 0.4

    def __init__(self, revision="1"):
        self.revision, self.asked = revision, []

    def predict(self, pairs, progress=None):
        self.asked += pairs
        raw = np.array([[1 + (sum(map(ord, p.text + p.target + p.holder + p.context)) * k) % 97 for k in (3, 5, 7)] for p in pairs])
        return (raw / raw.sum(1, keepdims=True)).reshape(-1, 3)


def write_articles(folder, n, first=0):
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(first, first + n):
        name, target, other = NAMES[i % 3], TARGETS[i % 5], TARGETS[(i + 1) % 4]
        text = f"{name} said {target} was number {i}. Talks with {other} start on day {i}. They end {'soon' * (i % 4)}.\n"
        (folder / f"a{i:03}.txt").write_text(text, encoding="utf-8")
    return folder


def go(raw, out=None, cache=None, config=CONFIG, tagger=None, classifier=None, **options):
    return run(raw, config, out, cache=cache, tagger=tagger or SaidTagger(), classifier=classifier or LengthClassifier(), **options)


def table_bytes(out):
    return {path.name: path.read_bytes() for path in sorted(Path(out).iterdir()) if path.suffix in (".parquet", ".csv")}


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def weighing(words):
    return replace(CONFIG, report=replace(CONFIG.report, words=words))


def main(raw, out, cache, point, at, words=0):
    """Run, and die by SIGKILL at the ``at``-th time something happens: a text, a block or words are asked about, a stage begins, a file is moved."""
    answers.WORKED = 150
    left, stage_now = [int(at)], [""]

    def happens(what):
        if what == point:
            left[0] -= 1
            if left[0] == 0:
                die()

    class Tagger(SaidTagger):
        def spans(self, text):
            happens("text")
            return super().spans(text)

    class Classifier(LengthClassifier):
        def predict(self, pairs, progress=None):
            happens("words" if stage_now[0] == "weigh words" else "block")
            return super().predict(pairs, progress)

    class Reporter:
        def start(self, stage, total):
            stage_now[0] = stage
            happens(stage)
            return lambda done: None

        def finish(self, stage, counts, seconds):
            pass

    sys.addaudithook(lambda event, arguments: happens("move") if event == "os.rename" else None)
    Tagger.__qualname__, Classifier.__qualname__ = "SaidTagger", "LengthClassifier"
    go(Path(raw), Path(out), Path(cache), weighing(int(words)), tagger=Tagger(), classifier=Classifier(), reporter=Reporter())


if __name__ == "__main__":
    main(*sys.argv[1:])
