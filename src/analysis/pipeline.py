"""The six verbs in order, with progress, results on disk and a manifest."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

import analysis
from analysis.articles import read_articles
from analysis.attribution import AttributionTagger, load_tagger
from analysis.classifiers import StanceClassifier, load_classifier
from analysis.config import Config, load_config
from analysis.labels import read_labels
from analysis.rationales import explain_more, unexplained
from analysis.results import Results
from analysis.scores import score_stance
from analysis.statements import extract_statements
from analysis.storage import LABELS, MANIFEST, plain, refuse_to_overwrite, write_results, write_whole
from analysis.summary import summarize
from analysis.targets import find_targets


class Reporter(Protocol):
    """Is told what a run does: a stage begins, some of its rows are done, it ends with counts."""

    def start(self, stage: str, total: int | None) -> Callable[[int], None]:
        """Begin a stage; the returned function is called with the number of rows finished since its last call."""
        ...

    def finish(self, stage: str, counts: dict[str, int], seconds: float) -> None:
        """End a stage."""
        ...


class Silent:
    """A reporter that says nothing."""

    def start(self, stage: str, total: int | None) -> Callable[[int], None]:
        """Begin a stage."""
        return lambda done: None

    def finish(self, stage: str, counts: dict[str, int], seconds: float) -> None:
        """End a stage."""


def run(
    paths: str | Path | Sequence[str | Path],
    config: Config | None = None,
    out: str | Path | None = None,
    *,
    overwrite: bool = False,
    classifier: StanceClassifier | None = None,
    tagger: AttributionTagger | None = None,
    reporter: Reporter | None = None,
) -> Results:
    """Run the whole corridor: read, extract, find, score, summarize, and draw where there is a folder.

    Parameters
    ----------
    paths : str, Path or sequence of them
        Files and folders with articles.
    config : Config, optional
        The default configuration without it.
    out : str or Path, optional
        Folder for tables (Parquet and CSV), charts (PNG and SVG), ``report.html`` and ``manifest.json``; with it the table ``words`` is made too. Hand labels stored there are used for corrected estimates.
    overwrite : bool
        Write to ``out`` although it holds the results of another configuration.
    classifier : StanceClassifier, optional
        Instead of the one the configuration names.
    tagger : AttributionTagger, optional
        Instead of the one the configuration names.
    reporter : Reporter, optional
        Is told about stages and progress.

    Returns
    -------
    Results
        ``tables``: articles, statements, mentions, scores, summary; ``summaries``: one table for each grouping of the configuration.

    Raises
    ------
    InputError
        If nothing can be read.
    ResultsError
        If ``out`` holds something else than results of this configuration.
    ModelError
        If a model cannot be loaded.
    """
    config = config or load_config()
    reporter = reporter or Silent()
    folder = Path(out) if out is not None else None
    if folder:
        refuse_to_overwrite(folder, config, overwrite)
    done = Results()
    stages: dict[str, dict[str, Any]] = {}

    @contextmanager
    def stage(name: str, total: int | None = None) -> Iterator[tuple[dict[str, int], Callable[[int], None]]]:
        counts: dict[str, int] = {}
        began = time.perf_counter()
        yield counts, reporter.start(name, total)
        seconds = time.perf_counter() - began
        stages[name] = {**counts, "seconds": round(seconds, 3)}
        reporter.finish(name, counts, seconds)

    with stage("load models"):
        classifier = classifier or load_classifier(config.stance)
        tagger = tagger or load_tagger(config.statements.tagger)
    with stage("read articles") as (counts, _):
        articles = read_articles(paths, config)
        attrs = dict(articles.attrs)
        counts |= {"files": len(attrs["inputs"]), "articles": len(articles), "skipped": len(attrs["skipped"])}
        counts["reprints"] = int(articles["duplicate_of"].notna().sum())
    with stage("extract statements", len(articles)) as (counts, tick):
        statements = extract_statements(articles, tagger, context=config.statements.context, progress=tick)
        counts |= {"articles": len(articles), "statements": len(statements), "attributed": int((statements["kind"] != "narration").sum())}
    with stage("find targets") as (counts, _):
        mentions = find_targets(statements, config)
        counts |= {"statements": len(statements), "with a target": mentions["statement_id"].nunique(), "mentions": len(mentions)}
    with stage("score stance", len(mentions)) as (counts, tick):
        scores = score_stance(statements, mentions, classifier, tick)
        counts |= {"mentions": len(mentions), "scores": len(scores), "unsure": int((scores["label"] == "unsure").sum())}
    with stage("summarize") as (counts, _):
        labels = read_labels(folder / LABELS) if folder and (folder / LABELS).is_file() else None
        s = config.summary
        for by in s.by:
            done.summaries[by] = summarize(
                scores,
                list(by),
                statements=statements,
                articles=articles,
                labels=labels,
                min_articles=s.min_articles,
                level=s.level,
                resamples=s.resamples,
                seed=s.seed,
            )
        levels = [table.assign(by=", ".join(by)) for by, table in done.summaries.items()]
        summary = pd.concat(levels, ignore_index=True) if levels else pd.DataFrame({"by": [], "estimate": []})
        summary = summary[["by", *summary.columns.drop("by")]]
        first = next(iter(done.summaries.values()), summary)
        counts |= {"scores": len(scores), "counted once": int(first["n_statements"].sum()) if len(first) else 0, "groups": len(summary)}
        counts["too few articles"] = int(summary["estimate"].isna().sum()) if len(summary) else 0
    done.tables = {"articles": articles, "statements": statements, "mentions": mentions, "scores": scores, "summary": summary}
    done.manifest = {
        "package": analysis.__version__,
        "models": {
            "stance": {"name": classifier.name, "sha256": classifier.revision},
            "attribution": {"name": config.statements.tagger, "sha256": tagger.identity},
        },
        "seed": config.summary.seed,
        "stages": stages,
        "inputs": attrs["inputs"],
        "skipped": attrs["skipped"],
        "warnings": attrs.get("warnings", []),
        "config": plain(config),
    }
    if folder:
        from analysis.figures import draw_all
        from analysis.report import REPORT, write_report

        missing = unexplained(done, config.report.words)
        with stage("weigh words", len(missing)) as (counts, tick):
            done = explain_more(done, missing, classifier, tick)
            counts |= {"against or in favor": len(unexplained(done, None)) + len(missing), "explained": len(missing)}
        with stage("write results") as (counts, _):
            counts["files"] = write_results(done.tables, folder) + draw_all(done, folder / "charts") + 1
            write_report(done, folder / REPORT)
        text = json.dumps(done.manifest, indent=2, ensure_ascii=False) + "\n"
        write_whole(folder / MANIFEST, lambda path: path.write_text(text, encoding="utf-8"))
    return done
