"""Measure how often nominal 95 % intervals hold the truth: `make validity` writes docs/validity.json, .png and .svg."""

import argparse
import json
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from simulate import STANCE, Corpus, draw_beside, draw_corpus, draw_equal, draw_unequal, learn_by_heart, truth_of_all

from analysis.corrected import corrected_mean
from analysis.drawing import style
from analysis.intervals import cluster_bootstrap, percentile_interval

SIZES = (50, 100, 200, 500)
ARTICLES = 400
# Share of the statements whose labels the classifier was trained on.
KNOWN = 1 / 3
Interval = tuple[float, float]


def uncorrected(corpus: Corpus, seed: int) -> dict[str, Interval]:
    """Return the intervals around the classifier's mean: statements taken as independent, and articles resampled."""
    stance = corpus.probabilities @ STANCE
    half = 1.96 * stance.std(ddof=1) / np.sqrt(len(stance))
    none = np.zeros(len(stance), dtype=np.int64)
    drawn = cluster_bootstrap(stance[:, None], none, corpus.article, np.ones(len(stance)), 1000, seed)
    low, high = percentile_interval(drawn.draws[:, :, 0], drawn.articles, 0.95)
    return {"naive": (stance.mean() - half, stance.mean() + half), "clustered": (low[0], high[0])}


def corrected(corpus: Corpus, n: int, generator: np.random.Generator) -> dict[str, Interval]:
    """Return the intervals that use ``n`` labels; in the last, a third of the statements is known besides, and the classifier repeats these labels."""
    # A stream of its own, so that the other draws stay as they are.
    (beside,) = generator.spawn(1)
    trained, known = learn_by_heart(corpus, KNOWN, beside)
    labelled, chance_beside = draw_beside(known, n, beside)
    equal = draw_equal(corpus, n, generator)
    unequal, chance = draw_unequal(corpus, n, generator)

    def interval(drawn: np.ndarray, of: int | None = None, by: Corpus = corpus, **more: Any) -> Interval:
        y = STANCE[corpus.truth] if of is None else (corpus.truth == of).astype(float)
        proxy = by.probabilities @ STANCE if of is None else by.probabilities[:, of]
        bounds = (-1.0 if of is None else 0.0, 1.0)
        found = corrected_mean(np.where(drawn, y, np.nan), proxy, corpus.article, bounds=bounds, **more)
        return found.low, found.high

    return {
        "labels alone": interval(equal, tuning=0.0),
        "corrected, PPI++": interval(equal),
        "corrected, DSL": interval(unequal, probability=chance),
        "corrected, PPI++, share against": interval(equal, 0),
        "corrected, DSL, share against": interval(unequal, 0, probability=chance),
        "corrected, PPI++, share favor": interval(equal, 2),
        "corrected, DSL, share favor": interval(unequal, 2, probability=chance),
        "corrected, a third known": interval(labelled, by=trained, probability=chance_beside),
    }


def truth(name: str, shares: np.ndarray) -> float:
    """Return what the estimator called ``name`` estimates."""
    return float(shares[0] if name.endswith("against") else shares[2] if name.endswith("favor") else shares @ STANCE)


def measure(replications: int, seed: int) -> pd.DataFrame:
    """Return estimator, n_labels, coverage, mean_width and replications."""
    shares = truth_of_all()
    rows = []
    for replication in range(replications):
        generator = np.random.default_rng([seed, replication])
        corpus = draw_corpus(ARTICLES, generator)
        plain = uncorrected(corpus, replication)
        for n in SIZES:
            for name, (low, high) in {**plain, **corrected(corpus, n, generator)}.items():
                rows.append((name, n, low <= truth(name, shares) <= high, high - low))
    found = pd.DataFrame(rows, columns=["estimator", "n_labels", "coverage", "mean_width"])
    return found.groupby(["estimator", "n_labels"], sort=False).mean().round(4).reset_index().assign(replications=replications)


def draw(found: pd.DataFrame) -> Figure:
    """Draw coverage and width against the number of labels."""
    names = list(dict.fromkeys(found["estimator"]))
    corrected_names = [name for name in names if name.startswith("corrected")]
    looks = {"naive": ("#777777", "s", ":"), "clustered": ("#000000", "^", ":"), "labels alone": ("#E69F00", "o", "--")}
    colours = ["#0072B2", "#56B4E9", "#009E73", "#CC79A7", "#D55E00", "#5B3A8C", "#8C6D1F"]
    looks |= {name: (colour, "o", "-") for name, colour in zip(corrected_names, colours, strict=True)}
    shift = {name: 1.07 ** (place - (len(names) - 1) / 2) for place, name in enumerate(names)}
    with style():
        figure, axes = plt.subplot_mosaic(
            [["close", "width"], ["far", "width"]], figsize=(10.4, 4.2), height_ratios=[4, 1], width_ratios=[1.25, 1], layout="constrained"
        )
        close, far, width = axes["close"], axes["far"], axes["width"]
        close.axhspan(0.93, 0.97, color="#EAF2E6", zorder=0)
        close.axhline(0.95, color="#7BA05B", linewidth=0.9)
        for name in names:
            part = found[found["estimator"] == name]
            colour, marker, line = looks[name]
            look = {"color": colour, "marker": marker, "ms": 5, "lw": 1.3}
            label = {"naive": "classifier, statements independent (naive)", "clustered": "classifier, articles resampled"}.get(name, name)
            error = 1.96 * np.sqrt(part["coverage"] * (1 - part["coverage"]) / part["replications"])
            for ax in (close, far):
                ax.errorbar(part["n_labels"] * shift[name], part["coverage"], yerr=error, ls="none", label=label, **look)
            if "share" not in name:
                width.plot(part["n_labels"], part["mean_width"], ls=line, **look)
        for ax in (close, far, width):
            ax.set_xscale("log")
            ax.set_xticks(SIZES, [str(size) for size in SIZES])
            ax.minorticks_off()
            ax.grid(axis="y")
        close.set(ylim=(0.915, 0.985), title="95 % intervals that hold the truth")
        close.set_yticks([0.93, 0.95, 0.97], ["93 %", "95 %", "97 %"])
        close.tick_params(labelbottom=False)
        far.set(ylim=(-0.03, 0.2), xlabel="hand labels")
        far.set_yticks([0, 0.1], ["0 %", "10 %"])
        width.set(ylim=(0, None), title="Mean width (mean stance)", xlabel="hand labels")
        handles, texts = close.get_legend_handles_labels()
        figure.legend(handles, texts, loc="outside right center")
        replications = int(found["replications"].iloc[0])
        figure.supxlabel(
            f"{replications:,} simulated corpora of {ARTICLES} articles, about 2,400 statements, a classifier right in about 79 % with prevalence shift. "
            "Bars: simulation error. Band: 93 to 97 %.",
            x=0.01,
            ha="left",
            fontsize=7.5,
            color="#555555",
        )
    return figure


def main() -> None:
    """Measure, write and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs"), help="folder for validity.json, .png and .svg")
    parser.add_argument("--replications", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    matplotlib.use("Agg")
    found = measure(args.replications, args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "validity.json").write_text(json.dumps(found.to_dict("records"), indent=1) + "\n", encoding="utf-8")
    figure = draw(found)
    figure.savefig(args.out / "validity.png")
    figure.savefig(args.out / "validity.svg", metadata={"Date": None})
    print(found.pivot_table(index="estimator", columns="n_labels", values="coverage", sort=False).to_string())
    outside = found[found["estimator"].str.startswith("corrected") & ~found["coverage"].between(0.93, 0.97)]
    if len(outside):
        raise SystemExit(f"corrected intervals cover outside 93 to 97 %:\n{outside.to_string(index=False)}")


if __name__ == "__main__":
    main()
