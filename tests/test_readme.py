"""The README says what is true: its commands run, its code runs, its dictionary is the package's."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.config import load_config
from analysis.tables import TABLES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder as a user has it: the input, nothing else."""
    folder = tmp_path_factory.mktemp("user")
    shutil.copytree(ROOT / "data", folder / "data")
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "activate").touch()  # the tests have an environment of their own
    return folder


def test_commands_run_in_order(place):
    """The sh blocks, one after the other, with the command of this environment."""
    commands = blocks("sh")
    assert len(commands) >= 6
    stance = f'stance() {{ {shlex.quote(sys.executable)} -m analysis.cli "$@"; }}'
    for command in commands:
        done = subprocess.run(["bash", "-euc", f"{stance}\n{command}"], cwd=place, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    assert (place / "scored.jsonl").read_text(encoding="utf-8").count("favor") >= 1
    assert (place / "found.jsonl").is_file()
    assert (place / "results" / "summary.csv").is_file()
    assert (place / "results-mine" / "manifest.json").is_file()


def test_python_blocks_run_in_order(place, monkeypatch):
    monkeypatch.chdir(place)
    names: dict = {}
    for code in blocks("python"):
        exec(code, names)
    assert len(names["summary"]) >= 2


def test_make_targets_exist():
    targets = re.findall(r"^\$ make (\w+)", README, re.MULTILINE) + re.findall(r"`make (\w+)`", README)
    makefile = (ROOT / "Makefile").read_text()
    assert {"run", "test"} <= set(targets)
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_yaml_blocks_are_valid_configurations(tmp_path):
    found = blocks("yaml")
    assert len(found) >= 2
    for i, block in enumerate(found):
        path = tmp_path / f"{i}.yml"
        path.write_text(block, encoding="utf-8")
        load_config(path)


def test_dictionary_lists_every_column():
    section = README.split("<!-- dictionary:begin -->")[1].split("<!-- dictionary:end -->")[0]
    rows = [tuple(cell.strip(" `") for cell in line.strip("|").split("|")) for line in section.splitlines() if line.startswith("| `")]
    assert [(t, c) for t, c, *_ in rows] == [(t, c) for t, table in TABLES.items() for c in table.columns]


def test_pictures_and_links_are_there():
    for target in re.findall(r"\]\(([^)#][^)]*)\)", README):
        file, _, anchor = target.partition("#")
        assert (ROOT / file).exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.*)$", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in [re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads], target
