"""The six verbs in order, with a store of answers, progress, results on disk and a manifest."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from pathlib import Path

import pandas as pd

import analysis
from analysis import identity
from analysis.answers import Answers
from analysis.attribution import AttributionTagger, OnnxTagger, load_tagger
from analysis.classifiers import StanceClassifier, is_embedded, load_classifier
from analysis.config import Config, load_config
from analysis.elsewhere import is_elsewhere, mirrored
from analysis.embedded import EmbeddedClassifier
from analysis.engines import STAGES, Engine
from analysis.gathering import gather
from analysis.labels import read_labels
from analysis.meanwhile import meanwhile
from analysis.progress import Reporter, Silent, Stages
from analysis.publishing import publish
from analysis.rationales import proposer_for
from analysis.results import Results
from analysis.storage import LABELS, plain, refuse_to_overwrite
from analysis.store import Store
from analysis.summary import summarize
from analysis.unchanged import fingerprint, standing
from analysis.writing import alone

MANY = 100  # articles; with more, what the models needed for a while is given back before the tables are gathered, which costs them a tenth of a second


def run(
    paths: str | Path | Sequence[str | Path],
    config: Config | None = None,
    out: str | Path | None = None,
    *,
    overwrite: bool = False,
    classifier: StanceClassifier | None = None,
    tagger: AttributionTagger | None = None,
    reporter: Reporter | None = None,
    cache: str | Path | None = None,
    engine: Engine | None = None,
) -> Results:
    """Run the whole corridor: read, extract, find, score, summarize, and draw where there is a folder.

    Parameters
    ----------
    paths : str, Path or sequence of them
        Files and folders with articles; on S3, GCS and elsewhere by fsspec's names (``s3://bucket/articles``), with the extra ``remote``.
    config : Config, optional
        The default configuration without it.
    out : str or Path, optional
        Folder for tables (Parquet and CSV), charts (PNG and SVG), ``report.html`` and ``manifest.json``; with it the table ``words`` is made too. Hand labels stored there are used for corrected estimates. A folder elsewhere (``s3://``) is written last, as a copy of one here.
    overwrite : bool
        Write to ``out`` although it holds the results of another configuration.
    classifier : StanceClassifier, optional
        Instead of the one the configuration names.
    tagger : AttributionTagger, optional
        Instead of the one the configuration names.
    reporter : Reporter, optional
        Is told about stages and progress; ``progress.reporter_here()`` gives the one that fits.
    cache : str or Path, optional
        Folder of the store (``store.Store``): what was answered before, by the same models, settings and rules, is not computed again, a killed run goes on where
        it stopped, and where nothing at all has changed the results in ``out`` stand. Without it everything is computed.
    engine : Engine, optional
        Where new articles are worked on; ``cluster.RayEngine`` does it on the machines of a Ray cluster. Here without it.

    Returns
    -------
    Results
        ``tables``: articles, statements, mentions, scores, summary; those of very many statements, or of results that stand, are read from ``out`` when they are first
        asked for. ``summaries``: one table for each grouping of the configuration.

    Raises
    ------
    InputError
        If nothing can be read.
    ResultsError
        If ``out`` holds something else than results of this configuration.
    ModelError
        If a model cannot be loaded.
    StoreError
        If the store cannot be used.
    """
    if out is not None and is_elsewhere(out):
        with mirrored(out, Path(cache) if cache is not None else None, overwrite) as here:
            return run(
                paths,
                config,
                here,
                overwrite=overwrite,
                classifier=classifier,
                tagger=tagger,
                reporter=reporter,
                cache=cache,
                engine=engine,
            )
    began = time.perf_counter()
    config = config or load_config()
    reporter = reporter or Silent()
    folder = Path(out) if out is not None else None
    if folder:
        refuse_to_overwrite(folder, config, overwrite)
    done, stages = Results(), Stages(reporter)
    tagger = tagger or load_tagger(config.statements.tagger)
    if not classifier and is_embedded(config.stance):
        classifier = load_classifier(config.stance)  # its weights are loaded at the first question
    models = (identity.of_tagger(tagger), identity.of_classifier(classifier) if classifier else identity.of_stance(config.stance))
    proposer = proposer_for(classifier) if classifier else None
    made_by = [*models, identity.of_classifier(proposer) if proposer else ""]
    mark = fingerprint(paths, config, made_by, folder) if folder and all(models) else None
    if folder and mark and cache is not None and not overwrite:
        stands = standing(folder, mark)
        if stands:
            reporter.finish("nothing new", {}, time.perf_counter() - began)
            return stands
    with stages.one("load models"):
        classifier = classifier or load_classifier(config.stance)
    nameless = [type(model).__name__ for model, known in zip((tagger, classifier), models, strict=True) if not known]
    with ExitStack() as stack:
        kept = Path(cache) if cache is not None and not nameless else None
        store = stack.enter_context(Store(kept))
        with stages.one("read articles") as counts:
            from analysis.shelf import Shelf

            articles = stack.enter_context(Shelf(paths, config, kept, stages.tick))
            counts |= {"files": len(articles.attrs["inputs"]), "articles": len(articles), "skipped": len(articles.attrs["skipped"])}
            counts["reprints"] = articles.reprints
        answers = Answers(articles, config, tagger, classifier, store, engine)
        ticks: list[Callable[[int], None]] = [
            reporter.start(name, None if name == "find targets" else answers.missing()) for name in STAGES
        ]
        asked = (tagger, classifier, proposer if folder and config.report.words != 0 else None)
        loaded = list(dict.fromkeys(model for one in asked if isinstance(one, EmbeddedClassifier | OnnxTagger) for model in one.models))
        if answers.missing() and not engine:
            meanwhile(model.load for model in loaded)
        if folder:
            meanwhile(partial(import_module, name) for name in ("analysis.figures", "analysis.report"))  # Matplotlib takes its time
        answers.fill(ticks[0], ticks[2])
        for model in loaded if len(articles) > MANY else ():
            model.give_back()
        if folder:
            stack.enter_context(alone(folder))
            refuse_to_overwrite(folder, config, overwrite)  # another run may have been faster
        gathered = gather(answers, folder, stack)
        for name in STAGES:
            stages.end(name, dict(gathered.counts[name]), answers.seconds[name])
        with stages.one("summarize") as counts:
            labels = read_labels(folder / LABELS) if folder and (folder / LABELS).is_file() else None
            done.summaries = {by: _summary(gathered.rows, by, labels, config) for by in config.summary.by}
            levels = [table.assign(by=", ".join(by)) for by, table in done.summaries.items()]
            summary = pd.concat(levels, ignore_index=True) if levels else pd.DataFrame({"by": [], "estimate": []})
            summary = summary[["by", *summary.columns.drop("by")]]
            first = next(iter(done.summaries.values()), summary)
            counts["scores"] = gathered.counts["score stance"]["scores"]
            counts |= {"counted once": int(first["n_statements"].sum()) if len(first) else 0, "groups": len(summary)}
            counts["too few articles"] = int(summary["estimate"].isna().sum()) if len(summary) else 0
        done.tables = {**gathered.tables, "summary": summary}
        if not folder:
            done.tables["articles"].attrs.update(articles.attrs)
        done.manifest = {
            "package": analysis.__version__,
            "models": {
                "stance": {"name": classifier.name, "sha256": classifier.revision},
                "attribution": {"name": config.statements.tagger, "sha256": answers.tagger.identity},
                **({"proposer of words": {"name": proposer.name, "sha256": proposer.revision}} if proposer else {}),
            },
            "seed": config.summary.seed,
            "stages": stages.counts,
            "store": answers.account(nameless),
            **articles.attrs,
            "config": plain(config),
            "fingerprint": mark,
        }
        done.rows = gathered.rows
        if folder:
            done = publish(done, folder, config, gathered, answers, stages, proposer)
    return done


def _summary(rows: pd.DataFrame, by: tuple[str, ...], labels: pd.DataFrame | None, config: Config) -> pd.DataFrame:
    s = config.summary
    return summarize(rows, list(by), labels=labels, min_articles=s.min_articles, level=s.level, resamples=s.resamples, seed=s.seed)
