"""The README's trend chart and the worked example of corrected estimates: `make kremlin DATA=folder`.

The folder holds corpora/kremlin_en_turns.jsonl (statements of the President of Russia in English, October 2021 to June 2022, kremlin.ru, CC BY 4.0) and
gold/train.jsonl, gold/dev.jsonl (labels of some of its sentences). Only figures and numbers are written, no text.
"""

import argparse
import json
import re
from pathlib import Path

import matplotlib
import pandas as pd
from analysis.statements import extract_statements

from analysis.agreement import confusion
from analysis.articles import read_articles
from analysis.compare import before_after
from analysis.comparison_charts import plot_raw_and_corrected
from analysis.groups import join
from analysis.scores import score_stance
from analysis.summary import compare_raw_and_corrected, summarize
from analysis.targets import find_targets
from analysis.time_charts import plot_over_time
from analysis.trends import read_events, smooth_stance

SPEAKER = "Vladimir Putin"
CREDIT = "Texts: kremlin.ru, CC BY 4.0."
INVASION = "2022-02-24"


def main() -> None:
    """Read, score, estimate, draw."""
    args = parse()
    matplotlib.use("Agg")
    articles = read_articles(args.data / "corpora" / "kremlin_en_turns.jsonl")
    statements = extract_statements(articles)
    scores = score_stance(statements, find_targets(statements))
    rows = of_speaker(by_event(join(scores, statements, articles), articles))
    unseen = gold_labels(rows, statements, args.data / "gold" / "dev.jsonl")
    trained_on = gold_labels(rows, statements, args.data / "gold" / "train.jsonl")
    everything = pd.concat([unseen, trained_on], ignore_index=True)

    draw_trend(rows, args.out)
    # Of sentences it was trained on the classifier knows the answer, so on them its errors look smaller than they are.
    tables = {"unseen in training": unseen, "all, most of them seen in training": everything}
    compared = pd.concat(
        [compare_raw_and_corrected(rows, labels).assign(labels=name) for name, labels in tables.items()], ignore_index=True
    )
    draw_corrected(compared[compared["labels"] == "all, most of them seen in training"], len(unseen), len(trained_on), args.out)
    change = before_after(rows, INVASION)
    write_numbers(
        rows, compared, change, {name: accuracy(labels, scores) for name, labels in {"dev": unseen, "train": trained_on}.items()}, args.out
    )


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with corpora/ and gold/")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="where figures and numbers go")
    return parser.parse_args()


def by_event(rows: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Take all turns of one event for one article: they are not independent of each other."""
    event = articles.set_index("article_id")["url"]
    return rows.assign(article_id=rows["article_id"].map(event).fillna(rows["article_id"]))


def of_speaker(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep what the President says."""
    return rows[rows["speaker"] == SPEAKER].reset_index(drop=True)


def gold_labels(rows: pd.DataFrame, statements: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Find the labelled sentences among the statements, by target and words."""
    gold = pd.read_json(path, lines=True)
    gold = gold[gold["corpus"].str.startswith("kremlin")].assign(words=lambda table: table["text"].map(words))
    known = rows[["statement_id", "target"]].merge(statements[["statement_id", "text"]], on="statement_id")
    known = known.assign(words=known["text"].map(words)).drop_duplicates(["words", "target"], keep=False)
    found = known.merge(gold[["words", "target", "stance"]].drop_duplicates(["words", "target"]), on=["words", "target"])
    return found[["statement_id", "target"]].assign(label=found["stance"], coder=f"gold {path.stem}")


def words(text: str) -> str:
    """Return the words of a text, so that quotation marks and spaces make no difference."""
    return " ".join(re.findall(r"\w+", text.lower()))


def accuracy(labels: pd.DataFrame, scores: pd.DataFrame) -> dict[str, object]:
    """Return how often the classifier gave the label, and how many labels there are."""
    table = confusion(labels, scores).to_numpy()
    return {"n": int(table.sum()), "accuracy": round(float(table[:, :3].trace() / max(table.sum(), 1)), 3), "confusion": table.tolist()}


def draw_trend(rows: pd.DataFrame, out: Path) -> None:
    """Draw stance per target and month."""
    events = read_events(Path(__file__).with_name("kremlin-events.yml"))
    title = f"What {SPEAKER} says about NATO, Ukraine, the US and the West"
    credit = f"n events: {rows['article_id'].nunique()}. {CREDIT}"
    save(
        plot_over_time(summarize(rows, ["target", "month"]), smooth_stance(rows), events, title=title, credit=credit)[0],
        out / "kremlin-trend",
    )


def draw_corrected(compared: pd.DataFrame, n_unseen: int, n_seen: int, out: Path) -> None:
    """Draw the classifier's estimates and the corrected ones."""
    note = f"{n_seen} of {n_seen + n_unseen} labels were also used to train the classifier, and not all were drawn by chance. {CREDIT}"
    save(plot_raw_and_corrected(compared, title=f"{SPEAKER}: classifier alone and corrected", credit=note), out / "kremlin-corrected")


def save(ax: matplotlib.axes.Axes, stem: Path) -> None:
    """Write a figure as PNG and SVG."""
    ax.figure.savefig(stem.with_suffix(".png"))
    ax.figure.savefig(stem.with_suffix(".svg"), metadata={"Date": None})


def write_numbers(
    rows: pd.DataFrame, compared: pd.DataFrame, change: pd.DataFrame, accuracies: dict[str, dict[str, object]], out: Path
) -> None:
    """Write and print what the figures show."""
    numbers = {
        "credit": CREDIT,
        "speaker": SPEAKER,
        "n_statements": int(rows["statement_id"].nunique()),
        "n_events": int(rows["article_id"].nunique()),
        "classifier_on_gold": accuracies,
        "raw_and_corrected": json.loads(compared.round(3).to_json(orient="records")),
        "before_and_after_2022_02_24": json.loads(change.round(4).to_json(orient="records")),
    }
    (out / "kremlin.json").write_text(json.dumps(numbers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(compared.round(2).to_string(index=False))
    print(change.drop(columns="method").round(3).to_string(index=False))
    print(accuracies)


if __name__ == "__main__":
    main()
