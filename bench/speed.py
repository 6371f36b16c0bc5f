"""Measure how fast the shipped models are, as ratios against the same encoder in torch float32 measured in the same run.

python bench/speed.py
"""

import os
import platform
import time
from collections.abc import Callable

import numpy as np

from analysis.attribution import load_tagger
from analysis.classifiers import EmbeddedClassifier, Pair
from analysis.sentences import sentence_spans

PAIRS, WORDS = 400, 4000
SENTENCE = "The minister of Freedonia said on Monday that the proposal which Ukraine had sent to the council in spring was neither fair nor complete, and that talks would go on. "


def seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """Return the median time of a piece of work, after one run that does not count."""
    work()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return float(np.median(times))


def torch_rate(tokens: int) -> float:
    """Return pairs a second of the default stance encoder's architecture in torch float32, with random weights: speed does not depend on them."""
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536)
    model = BertModel(config).eval()
    ids = torch.randint(5, 20000, (16, tokens))
    with torch.inference_mode():
        return 16 / seconds(lambda: model(input_ids=ids))


def main() -> None:
    """Print the table."""
    classifier, tagger = EmbeddedClassifier(), load_tagger()
    start = SENTENCE.index("Ukraine")
    pairs = [
        Pair(f"{i} {SENTENCE}", start + len(str(i)) + 1, start + len(str(i)) + 8, "Ukraine", "the minister", SENTENCE) for i in range(PAIRS)
    ]
    text = SENTENCE * (WORDS // len(SENTENCE.split()))
    stance = PAIRS / seconds(lambda: classifier.predict(pairs))
    attribution = len(text.split()) / seconds(lambda: tagger.spans(text), 1)
    cut = len(text.split()) / seconds(lambda: sentence_spans(text))
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    print(f"stance, default           {stance:10,.0f} pairs/s")
    print(f"attribution, default      {attribution:10,.0f} words/s")
    print(f"sentences                 {cut:10,.0f} words/s")
    try:
        base = torch_rate(96)
    except ImportError:
        print("torch is not installed, so there is no ratio; make bench installs it")
        return
    print(f"same encoder, torch fp32  {base:10,.0f} pairs/s of 96 tokens; ours is {stance / base:.1f} times as fast")


if __name__ == "__main__":
    main()
