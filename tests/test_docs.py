"""The pages under docs/ say what is true: commands and code run, pages and pictures are there, the dictionary is the package's."""

import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import analysis
from analysis.config import load_config

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
# estimates.md shows calls one after the other, on tables a reader has at that point; the others stand by themselves.
GIVEN = """
import pandas as pd
from analysis import *
from analysis.compare import before_after, differences
from analysis.labels import read_labels
from analysis.summary import compare_raw_and_corrected
from analysis.trends import read_events, smooth_stance
scores, statements, mentions, articles = (pd.read_parquet(f"results/{n}.parquet") for n in ("scores", "statements", "mentions", "articles"))
labels = read_labels("results/labels.parquet")
"""
PYTHON = shlex.quote(sys.executable)
SHELL = f'stance() {{ {PYTHON} -m analysis.cli "$@"; }}\njupyter() {{ {PYTHON} -m jupyter "$@"; }}\n'


def blocks(page):
    """Return language and contents of every fenced block, in order."""
    return re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder as a clone is, without the code."""
    folder = tmp_path_factory.mktemp("reader")
    shutil.copytree(ROOT / "data", folder / "data")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    shutil.copy(ROOT / "notebooks" / "example" / "events.yml", folder)
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "activate").touch()  # the tests have an environment of their own
    return folder


def after_the_tutorial(place):
    """Run the tutorial unless it has been, and take its results for the reader's own."""
    if not (place / "tutorial").exists():
        run_page(DOCS / "tutorial.md", place)
    if not (place / "results").exists():
        shutil.copytree(place / "tutorial", place / "results")


def run_page(page, place, given=""):
    """Run the sh and python blocks of a page from top to bottom."""
    ran = 0
    for language, block in blocks(page):
        if language == "sh":
            command = ["bash", "-euc", SHELL + block]
        elif language == "python":
            command = [sys.executable, "-c", "import matplotlib; matplotlib.use('agg')\n" + given + block]
        else:
            continue
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{page.name}:\n{block}\n{done.stdout}\n{done.stderr}"
        ran += 1
    return ran


def test_tutorial_runs_to_a_corrected_estimate_and_a_figure(place):
    assert run_page(DOCS / "tutorial.md", place) == 10
    assert (place / "figure.svg").stat().st_size > 10_000
    assert (place / "tutorial" / "charts" / "raw-and-corrected.svg").is_file()
    assert (place / "results-mine" / "manifest.json").is_file()


@pytest.mark.parametrize(("name", "number"), [("faq.md", 5), ("models.md", 1), ("citing.md", 1), ("methods.md", 0)])
def test_other_pages_run_on_the_results_of_the_tutorial(name, number, place):
    after_the_tutorial(place)
    assert run_page(DOCS / name, place) == number


def in_sentences(page):
    """Return what stands as code within the sentences of a page."""
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", prose)]


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda p: p.name)
def test_commands_stand_in_blocks_that_run_and_sentences_only_name_them(page):
    """Setting up anew needs a network; everything else that can be typed is run by these tests."""
    setting_up = ("pip install", "conda env create", "python -m venv")
    for code in in_sentences(page):
        if re.match(
            r"(stance|jupyter|chromium|playwright|python|pip|conda|ray) ", code.removeprefix(".venv/bin/").removeprefix(".venv\\Scripts\\")
        ):
            if any(words in code for words in setting_up):
                continue
            assert re.fullmatch(r"(stance|ray)( [a-z]+)+( \| [a-z]+)?|stance --help|stance run data/raw|jupyter lab", code), code
            words = [] if code.startswith("ray") else code.split(" | ")[0].split()[1:]
            assert not words or main_help(words) == 0, code


def main_help(words):
    names = [word for word in words if "/" not in word][: 2 if words[0] in ("label", "cache") else 1]
    return subprocess.run([sys.executable, "-m", "analysis.cli", *names, "--help"], capture_output=True, check=False).returncode


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda p: p.name)
def test_make_knows_what_it_is_asked_for(page):
    for code in in_sentences(page):
        if code.startswith("make "):
            done = subprocess.run(["make", "-n", *code.split()[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{code}: {done.stderr}"


@pytest.mark.slow
def test_page_on_clusters_runs_on_a_cluster_of_this_machine(place):
    after_the_tutorial(place)
    assert run_page(DOCS / "cluster.md", place) == 3


def test_calls_of_the_page_on_estimates_run(place):
    after_the_tutorial(place)
    assert run_page(DOCS / "estimates.md", place, GIVEN) >= 2


def test_every_page_is_tried():
    assert {page.name for page in PAGES} == {
        "tutorial.md",
        "faq.md",
        "models.md",
        "citing.md",
        "methods.md",
        "estimates.md",
        "data-dictionary.md",
        "performance.md",
        "cluster.md",
        "behaviour.md",
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_block_has_a_known_language(page, tmp_path):
    for i, (language, block) in enumerate(blocks(page)):
        assert language in ("sh", "python", "yaml") or (page.name, language) == ("cluster.md", "text")
        if block.startswith("cluster_name:"):
            assert {"max_workers", "available_node_types", "setup_commands"} <= set(yaml.safe_load(block))
        elif language == "yaml":
            path = tmp_path / f"{i}.yml"
            path.write_text(block, encoding="utf-8")
            load_config(path)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(((?!https?:)[^)]+)\)", text):
        file, _, anchor = target.partition("#")
        other = (page.parent / file).resolve() if file else page
        assert other.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.*)$", other.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in [re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads], target


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_pages_name_no_machine(page):
    assert not re.search(r"/(?:home|root|Users|tmp|work)/|[A-Z]:\\\\", page.read_text(encoding="utf-8"))


def test_dictionary_is_the_packages():
    spec = importlib.util.spec_from_file_location("dictionary", DOCS / "dictionary.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (DOCS / "data-dictionary.md").read_text(encoding="utf-8")
    assert page == module.page(), "run: python docs/dictionary.py"
    assert page.count("\n| `") == len(analysis.dictionary())


def test_the_worked_example_is_told_with_its_figures():
    found = json.loads((DOCS / "kremlin.json").read_text(encoding="utf-8"))
    total = {key: sum(of_target[key] for of_target in found["labels"].values()) for key in ("statements", "known", "drawn_from_the_rest")}
    page = " ".join((DOCS / "estimates.md").read_text(encoding="utf-8").split())
    assert f"({total['known']} of {total['statements']} pairs of statement and target)" in page
    assert f"{found['in_both']} of them are known too; the other {total['drawn_from_the_rest']} stand" in page
    assert f"of the same {found['in_both']} statements agree with Krippendorff's alpha of {found['alpha_of_drawn_and_known']:.2f}" in page


def test_how_much_faster_the_fast_model_is_was_measured():
    stance = json.loads((DOCS / "performance.json").read_text(encoding="utf-8"))["stance"]
    words = ("five", "six", "seven", "eight", "nine", "ten", "eleven")
    times = words[round(stance["fast"] / stance["default"]) - 5]
    for page in (DOCS.parent / "README.md", DOCS / "faq.md", DOCS / "models.md"):
        assert re.findall(r"about (\w+) times (?:as fast|faster)", page.read_text(encoding="utf-8"))[:1] == [times], page


def test_costs_are_worked_from_what_was_measured():
    page = (DOCS / "cluster.md").read_text(encoding="utf-8")
    run = json.loads((DOCS / "performance.json").read_text(encoding="utf-8"))["runs"]["attribution default, stance default"]
    extract, score = (run["stages"][name]["seconds"] for name in ("extract statements", "score stance"))
    rate = run["statements"] / (extract + score)
    assert (
        f"{run['statements']:,} statements took {extract:.1f} s to extract and {score:.1f} s to score, that is {rate:.0f} statements"
        in page
    )
    hours = 1e9 / (80 * rate) / 3600
    assert f"| one laptop, 2 cores | {rate:.0f} | {1e6 / rate / 3600:.0f} hours | {1e9 / rate / 86400:.0f} days |" in page
    assert f"| {round(80 * rate, -2):,.0f} | {1e6 / (80 * rate) / 60:.0f} minutes | {hours:.0f} hours |" in page
    assert (
        f"160 cores for {hours:.0f} hours, {round(160 * hours, -2):,.0f} core hours: at 0.05 a core hour, {round(8 * hours, -1):.0f} in that currency"
        in page
    )
