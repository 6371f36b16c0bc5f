"""What a run leaves in its folder: tables, the words that carried stances, charts, the report, the manifest."""

import json
import time
from pathlib import Path

from analysis.answers import Answers
from analysis.classifiers import StanceClassifier
from analysis.config import Config
from analysis.gathering import WRITTEN, Gathered
from analysis.progress import Stages
from analysis.rationales import explain_more, unexplained
from analysis.remembering import RememberingClassifier
from analysis.results import FolderTables, Results
from analysis.storage import MANIFEST, REPORT, plain, write_results, write_whole
from analysis.tables import empty
from analysis.unchanged import hashes
from analysis.writing import begin, finish

MOST_IN_REPORT = 200_000  # scores; with more, the page would be larger than browsers open


def publish(
    done: Results, folder: Path, config: Config, gathered: Gathered, answers: Answers, stages: Stages, proposer: StanceClassifier | None
) -> Results:
    """Return the results as they are in the folder: tables moved to their places, words weighed, charts and report drawn, the manifest last."""
    from analysis.figures import draw_all
    from analysis.report import write_report

    begin(folder, plain(config))
    files, written, tables = gathered.publish(), FolderTables(folder), dict(done.tables)
    small = len(gathered.rows) <= MOST_IN_REPORT
    if small:
        done.tables = {**tables, **{name: written[name] for name in WRITTEN}}
        missing, began = unexplained(done, config.report.words), time.perf_counter()
        told = stages.reporter.start("weigh words", len(missing))

        def kept(finished: int) -> None:
            answers.store.commit()
            told(finished)

        done = explain_more(done, missing, answers.asked, kept, proposer and RememberingClassifier(proposer, answers.store, "proposals"))
        answers.store.commit()
        decided = {"against or in favor": len(unexplained(done, None)) + len(missing), "explained": len(missing)}
        stages.end("weigh words", decided, time.perf_counter() - began)
    done.rows = gathered.rows
    with stages.one("write results") as counts:
        words = done.tables.get("words", empty("words"))
        counts["files"] = files + write_results({"summary": tables["summary"], "words": words}, folder)
        if not small:
            done.tables = FolderTables(folder)
        counts["files"] += draw_all(done, folder / "charts") + small
        (folder / REPORT).unlink(missing_ok=True)
        if small:
            write_report(done, folder / REPORT)
    done.manifest["outputs"] = hashes(folder)
    text = json.dumps(done.manifest, indent=2, ensure_ascii=False) + "\n"
    write_whole(folder / MANIFEST, lambda path: path.write_text(text, encoding="utf-8"))
    finish(folder)
    return done
