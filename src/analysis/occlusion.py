"""Which words of a statement carried its stance: words left out one after the other."""

import re
from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from analysis.classifiers import Pair, Progress, StanceClassifier
from analysis.inference import Floats

WORD = re.compile(r"[^\W_]+(?:[-’'.][^\W_]+)*")
MOST = 60  # words that are left out one by one; a longer statement is taken apart in as many runs of words
FAINT = 0.05  # a weight below this is nothing to show, even where no word of the statement weighs more
RUN = 4  # words left out together where no single one matters
PROPOSED = 4  # words that are asked about where another classifier proposes them
STATEMENTS_A_CALL = 8  # enough pairs for batches of similar length, few enough for progress to be seen


def explain(pair: Pair, classifier: StanceClassifier) -> pd.DataFrame:
    """Return how much each word moved the stance, by leaving words out (occlusion: Zeiler and Fergus 2014; Li, Monroe and Jurafsky 2016).

    A word's weight is the mean of two drops of ``p_favor - p_against``: without the word alone, and without it and its neighbours, so that two words that
    say the same do not hide each other. The mention of the target is never left out.

    Parameters
    ----------
    pair : Pair
        A statement and its target.
    classifier : StanceClassifier
        Any classifier; it is asked twice for each word.

    Returns
    -------
    pandas.DataFrame
        One row a word, in order: ``word``; ``start``, ``end``, half-open in ``pair.text``; ``weight``, -2 to 2: above 0 the word speaks for favor, below for
        against.
    """
    return explain_many([pair], classifier)[0]


def explain_many(
    pairs: Sequence[Pair],
    classifier: StanceClassifier,
    progress: Progress | None = None,
    run: int = 1,
    proposer: StanceClassifier | None = None,
) -> list[pd.DataFrame]:
    """Return what ``explain`` returns for each pair, asking the classifier about several statements in one call.

    Parameters
    ----------
    pairs : sequence of Pair
        Statements and their targets; equal ones are explained once.
    classifier : StanceClassifier
        Any classifier.
    progress : callable, optional
        Called with the number of pairs finished.
    run : int
        Words left out at a time: 1, or more to see what several say together that none says alone.
    proposer : StanceClassifier, optional
        A quicker one that is asked about every word alone; ``classifier`` is asked only about the four that weigh most with it, and no others are returned.

    Returns
    -------
    list of pandas.DataFrame
        One for each pair, in order.
    """
    found: dict[Pair, pd.DataFrame] = {}
    times = Counter(pairs)
    distinct = list(times)
    for at in range(0, len(distinct), STATEMENTS_A_CALL):
        part = distinct[at : at + STATEMENTS_A_CALL]
        spans = [_spans(pair, run) for pair in part]
        asked = [list(range(len(own))) for own in spans]
        if proposer:
            asked = [_heaviest(weights) for weights in _weights(part, spans, asked, proposer, around=False)]
        for pair, own, chosen, weights in zip(part, spans, asked, _weights(part, spans, asked, classifier), strict=True):
            rows = [(pair.text[own[i][0] : own[i][1]], *own[i], weight) for i, weight in zip(chosen, weights.tolist(), strict=True)]
            found[pair] = pd.DataFrame(rows, columns=["word", "start", "end", "weight"])
        if progress:
            progress(sum(times[pair] for pair in part))
    return [found[pair] for pair in pairs]


def explain_clearly(
    pairs: Sequence[Pair], classifier: StanceClassifier, progress: Progress | None = None, proposer: StanceClassifier | None = None
) -> list[pd.DataFrame]:
    """Return what ``explain_many`` does, and runs of four words where no single one asked about has a weight of 0.05.

    A decided statement often says the same in several ways, and no single word is missed.
    """
    found = explain_many(pairs, classifier, progress, proposer=proposer)
    faint = [i for i, words in enumerate(found) if len(words) and words["weight"].abs().max() < FAINT]
    for i, runs in zip(faint, explain_many([pairs[i] for i in faint], classifier, run=RUN, proposer=proposer), strict=True):
        found[i] = runs
    return found


def _weights(
    pairs: list[Pair], spans: list[list[tuple[int, int]]], asked: list[list[int]], classifier: StanceClassifier, around: bool = True
) -> list[Floats]:
    """Return the weights of the spans asked about, by their numbers; one array for each pair, from one call. Without ``around`` only their own drops count."""
    variants = [_variants(pair, own, chosen, around) for pair, own, chosen in zip(pairs, spans, asked, strict=True)]
    p = classifier.predict([variant for of_one in variants for variant in of_one])
    ends = np.cumsum([len(of_one) for of_one in variants])
    stances = np.split(p[:, 2] - p[:, 0], ends[:-1])
    return [s[0] - s[1:].reshape(1 + around, n).mean(0) for s, n in zip(stances, map(len, asked), strict=True)]


def _heaviest(weights: Floats) -> list[int]:
    # Rounded, so that a last digit that differs between machines does not decide.
    return sorted(np.argsort(-np.abs(np.round(weights, 6)), kind="stable")[:PROPOSED].tolist())


def _spans(pair: Pair, run: int) -> list[tuple[int, int]]:
    """Return what is left out, one after the other: words, or runs of words, none of them in the mention."""
    words = [m.span() for m in WORD.finditer(pair.text) if pair.in_context or m.end() <= pair.start or m.start() >= pair.end]
    size = max(run, -(-len(words) // MOST))
    # A run across the mention could not be left out: runs end there and begin anew.
    before = [span for span in words if not pair.in_context and span[0] < pair.start]
    sides = [before, words[len(before) :]]
    return [(side[i][0], side[i : i + size][-1][1]) for side in sides for i in range(0, len(side), size)]


def _variants(pair: Pair, spans: list[tuple[int, int]], asked: list[int], around: bool) -> list[Pair]:
    """Return the pair, then the pair without each span asked about, then, if wanted, without each of them and its neighbours."""
    alone = [_without(pair, [spans[i]]) for i in asked]
    return [pair, *alone, *(_without(pair, spans[max(0, i - 1) : i + 2]) for i in asked if around)]


def _without(pair: Pair, spans: list[tuple[int, int]]) -> Pair:
    """Return the pair without some words of its text; the mention stays where it is."""
    text, start, end = pair.text, pair.start, pair.end
    for a, b in sorted(spans, reverse=True):
        if not pair.in_context and a < end and start < b:
            continue
        b += text[b : b + 1] == " "
        text = text[:a] + text[b:]
        if not pair.in_context and a < start:
            start, end = start - (b - a), end - (b - a)
    return Pair(text, start, end, pair.target, pair.holder, pair.context, pair.in_context)


def highlight_words(pair: Pair, words: pd.DataFrame) -> str:
    """Return the statement as HTML: words that spoke for favor on blue, for against on orange, the stronger the deeper; the target framed.

    Weights below 0.05 are left blank; where all are, a line says that no few words carry the stance.

    Parameters
    ----------
    pair : Pair
        The statement.
    words : pandas.DataFrame
        What ``explain`` returned for it.
    """
    from analysis.drawing import AGAINST, FAVOR  # Matplotlib takes its time, and weighing words draws nothing

    strongest = max(FAINT, float(np.abs(words["weight"]).max())) if len(words) else 1.0
    shown = words[words["weight"].abs() >= FAINT]
    marks = {int(a): (int(b), float(w)) for a, b, w in zip(shown["start"], shown["end"], shown["weight"], strict=True)}
    target = (-1, -1) if pair.in_context else (pair.start, pair.end)
    out, at = [], 0
    while at < len(pair.text):
        if at == target[0]:
            out.append(
                f'<span style="border:1px solid currentColor;border-radius:3px;padding:0 2px">{escape(pair.text[at : target[1]])}</span>'
            )
            at = target[1]
        elif at in marks:
            end, weight = marks[at]
            colour = FAVOR if weight > 0 else AGAINST
            title = f"{'favor' if weight > 0 else 'against'} {abs(weight):.2f}"
            depth = round(min(1.0, abs(weight) / strongest) * 0.6 * 255)
            out.append(f'<span style="background:{colour}{depth:02x}" title="{title}">{escape(pair.text[at:end])}</span>')
            at = end
        else:
            stop = min([s for s in (*marks, target[0]) if s > at], default=len(pair.text))
            out.append(escape(pair.text[at:stop]))
            at = stop
    none = "" if marks else " <small>(no few words carry it)</small>"
    return f'<p class="stance-words">{"".join(out)}{none}</p>'


def show_words(pair: Pair, classifier: StanceClassifier) -> object:
    """Show in Jupyter which words of a statement carried its stance."""
    from IPython.display import HTML

    p = classifier.predict([pair])[0]
    line = f"{escape(pair.target)}: against {p[0]:.2f}, neutral {p[1]:.2f}, favor {p[2]:.2f}"
    show: Any = HTML
    return show(f"{highlight_words(pair, explain_clearly([pair], classifier)[0])}<p><small>{line}</small></p>")
