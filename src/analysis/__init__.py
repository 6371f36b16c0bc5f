"""Who says what about the US, NATO and Ukraine, and whether it is for, against or neutral.

>>> from analysis import read_articles, extract_statements, find_targets, score_stance, summarize, plot_stance
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.articles import read_articles
    from analysis.charts import plot_heatmap, plot_stance
    from analysis.classifiers import load_classifier
    from analysis.config import load_config
    from analysis.explore import count_filters, explore_statements, filter_statements
    from analysis.extremes import compare_classifiers, show_strongest, strongest_statements
    from analysis.groups import join
    from analysis.highlight import show_article
    from analysis.occlusion import explain, show_words
    from analysis.pipeline import run
    from analysis.report import write_report
    from analysis.results import read_results
    from analysis.scores import pairs_of, score_stance
    from analysis.statements import extract_statements
    from analysis.summary import summarize
    from analysis.tables import dictionary
    from analysis.targets import find_targets
    from analysis.time_charts import plot_over_time
    from analysis.views import show_table

__version__ = "0.1.0"

# Loaded at first use: `stance --help` must not wait for pandas and matplotlib.
_ROOMS = {
    "read_articles": "articles",
    "extract_statements": "statements",
    "find_targets": "targets",
    "score_stance": "scores",
    "summarize": "summary",
    "plot_stance": "charts",
    "plot_heatmap": "charts",
    "plot_over_time": "time_charts",
    "show_article": "highlight",
    "pairs_of": "scores",
    "explain": "occlusion",
    "show_words": "occlusion",
    "filter_statements": "explore",
    "count_filters": "explore",
    "explore_statements": "explore",
    "strongest_statements": "extremes",
    "show_strongest": "extremes",
    "compare_classifiers": "extremes",
    "show_table": "views",
    "join": "groups",
    "load_classifier": "classifiers",
    "load_config": "config",
    "dictionary": "tables",
    "run": "pipeline",
    "read_results": "results",
    "write_report": "report",
}
__all__ = [
    "compare_classifiers",
    "count_filters",
    "dictionary",
    "explain",
    "explore_statements",
    "extract_statements",
    "filter_statements",
    "find_targets",
    "join",
    "load_classifier",
    "load_config",
    "pairs_of",
    "plot_heatmap",
    "plot_over_time",
    "plot_stance",
    "read_articles",
    "read_results",
    "run",
    "score_stance",
    "show_article",
    "show_strongest",
    "show_table",
    "show_words",
    "strongest_statements",
    "summarize",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(import_module(f"analysis.{_ROOMS[name]}"), name)
    raise AttributeError(f"module 'analysis' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
