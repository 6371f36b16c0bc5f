"""Scores on dev, and the choice of how scores become spans."""

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
import torch

from analysis.attribution import Attribution, OnnxTagger, decode, find_spans
from analysis.windows import encode, sentence_ends
from attribution_data import ROLES, trim
from attribution_model import AttributionModel


class TorchTagger(OnnxTagger):
    """The tagger of the package with the network in torch."""

    def __init__(self, model: AttributionModel, tokenizer, settings: dict):
        self.network, self.tokenizer = model, tokenizer
        links = {"link_bias": model.link_bias.detach().tolist(), "nothing": model.nothing.detach().tolist()}
        self.settings = {**settings, **links}

    def run(self, ids: np.ndarray, shapes: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """Return the network's scores, shape (n, width, ...)."""
        training = self.network.training
        self.network.eval()
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            out = self.network(*(torch.from_numpy(x) for x in (ids, shapes, mask))).float().numpy()
        self.network.train(training)
        return out

    def score(self, articles: list[dict]) -> dict[str, float]:
        """Return exact F1 by role and linked F1 on gold articles."""
        return f1(articles, [self.spans(a["text"]) for a in articles])


def linked(article: dict, attributions: list[Attribution]) -> int:
    """Return how many gold attributions are found: half of the content of both, and the same source."""
    text, used = article["text"], set()
    gold = [
        ({i for p in a["content"] for i in range(*trim(text, p))}, {trim(text, p) for p in a["source"]}) for a in article["attributions"]
    ]
    pred = [({i for p in a.content for i in range(*trim(text, p))}, {trim(text, p) for p in a.source}) for a in attributions]
    for want, source in gold:
        for k, (got, by) in enumerate(pred):
            both = len(want & got)
            if k not in used and both and source == by and both >= len(want) / 2 and both >= len(got) / 2:
                used.add(k)
                break
    return len(used)


def whole(text: str, pieces: Iterable[Sequence[int]]) -> set[tuple[int, int]]:
    """Return the trimmed pieces; a cue that is a colon only has nothing left and does not count."""
    return {(start, end) for start, end in (trim(text, p) for p in pieces) if start < end}


def f1(articles: list[dict], predicted: list[list[Attribution]]) -> dict[str, float]:
    """Return exact F1 by role and linked F1, in percent."""
    counts = {role: np.zeros(2) for role in (*ROLES, "linked")}
    for article, attributions in zip(articles, predicted, strict=True):
        for role in ROLES:
            gold = whole(article["text"], (p for a in article["attributions"] for p in a[role]))
            pred = whole(article["text"], (p for a in attributions for p in getattr(a, role)))
            counts[role] += [len(gold & pred), len(gold) + len(pred)]
        counts["linked"] += [linked(article, attributions), len(article["attributions"]) + len(attributions)]
    return {role: round(200 * float(hits / total), 2) for role, (hits, total) in counts.items()}


def tune(tagger: OnnxTagger, articles: list[dict]) -> dict:
    """Return the settings with the thresholds of the best exact F1 of each role, then the least probabilities of spare spans of the best sum."""
    prepared = []
    for article in articles:
        tokens = encode(article["text"], tagger.tokenizer, tagger.settings["separator"])
        scores = tagger.scores(tokens)
        prepared.append(
            (
                article["text"],
                tokens,
                scores,
                tagger.settings,
                find_spans(tokens, scores, sentence_ends(article["text"], tokens), tagger.settings),
            )
        )

    def measure(settings: dict) -> dict[str, float]:
        return f1(articles, [decode(text, tokens, scores, settings, found) for text, tokens, scores, _, found in prepared])

    def with_all(threshold: float, cover: float) -> dict:
        return {
            **tagger.settings,
            "threshold": dict.fromkeys(ROLES, threshold),
            "cover": dict.fromkeys(ROLES, cover),
            "spare": dict.fromkeys(ROLES, 1.0),
        }

    tried = {(t, c): measure(with_all(t, c)) for t, c in itertools.product((0.15, 0.2, 0.25, 0.3, 0.35, 0.4), (0.0, 0.1, 0.2, 0.4))}
    best = {role: max(tried, key=lambda k: tried[k][role]) for role in ROLES}
    settings = {**tagger.settings, "threshold": {r: best[r][0] for r in ROLES}, "cover": {r: best[r][1] for r in ROLES}}
    for key, row in tried.items():
        print(f"threshold, cover {key} dev {row}", flush=True)
    settings["spare"] = dict.fromkeys(ROLES, 1.0)
    for role in ("content", "cue", "source"):
        rows = {s: measure({**settings, "spare": {**settings["spare"], role: s}}) for s in (0.04, 0.06, 0.1, 0.15, 0.2, 0.25, 1.0)}
        print(f"spare {role} dev {rows}", flush=True)
        settings["spare"] = {**settings["spare"], role: max(rows, key=lambda k: sum(rows[k].values()))}
    print(f"chosen {settings['threshold']} {settings['cover']} {settings['spare']} dev {measure(settings)}", flush=True)
    return settings
