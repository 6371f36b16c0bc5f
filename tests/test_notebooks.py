"""Every notebook is thin, runs from top to bottom on the articles in the repository, and carries outputs anybody can look at."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from execute import PATHS, WIDGETS, clean, faults, made_of
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def kinds(cell):
    """Return what a cell's outputs are: streams by name, others by what they can be shown as."""
    return [
        output.get("name") or sorted(set(output.get("data", {})) - {WIDGETS}) for output in cell.outputs if output.get("name") != "stderr"
    ]


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Run all notebooks in one kernel, emptied between them, in a folder that has what a fresh clone has; return the cells of each."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("notebooks", "data"):
        shutil.copytree(ROOT / name, folder / name)
    parts = {path.name: nbformat.read(path, as_version=4).cells for path in NOTEBOOKS}
    together = nbformat.v4.new_notebook(
        cells=[cell for cells in parts.values() for cell in [*cells, nbformat.v4.new_code_cell("%reset -f")]]
    )
    NotebookClient(together, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder / "notebooks")}}).execute()
    done = iter(together.cells)
    found = {}
    for name, cells in parts.items():
        found[name] = nbformat.v4.new_notebook(cells=[next(done) for _ in cells])
        next(done)
    return found


def test_there_are_four_notebooks_for_four_questions():
    assert [path.stem for path in NOTEBOOKS] == ["01-statements", "02-stance", "03-report", "04-label-and-validate"]


@each
def test_notebook_is_thin(path):
    for cell in code(nbformat.read(path, as_version=4)):
        lines = cell.source.splitlines()
        assert len(lines) <= 10, cell.source
        assert not any(line.lstrip().startswith(("def ", "class ")) for line in lines), cell.source


@each
def test_first_cell_holds_paths_and_parameters(path):
    first, *rest = code(nbformat.read(path, as_version=4))
    assert "ARTICLES" in first.source
    assert not [cell.source for cell in rest if re.search(r"\.\./|example/|\.parquet|(?:rows|most|n|half_width)=[\d.]", cell.source)]


@each
def test_outputs_are_of_these_models_articles_and_code(path):
    notebook = nbformat.read(path, as_version=4)
    assert notebook.metadata["made_of"] == made_of(notebook), "run make notebooks"


@each
def test_committed_outputs_are_whole_small_and_name_no_machine(path):
    notebook = nbformat.read(path, as_version=4)
    assert faults(notebook, path.stat().st_size) == []


@each
def test_notebook_runs_and_its_committed_outputs_are_of_this_code(path, executed):
    committed = code(nbformat.read(path, as_version=4))
    now = code(executed[path.name])
    assert [cell.source for cell in now] == [cell.source for cell in committed]
    for old, new in zip(committed, now, strict=True):
        assert kinds(old) == kinds(new), f"run make notebooks: {old.source}"


@each
def test_something_is_drawn_or_highlighted(path, executed):
    shown = [o.get("data", {}) for cell in code(executed[path.name]) for o in cell.outputs]
    assert any("image/png" in data or "stance-view" in data.get("text/html", "") for data in shown)


def test_widgets_are_live_in_a_kernel_and_plain_without(executed):
    live = [o for name in executed for cell in code(executed[name]) for o in cell.outputs if WIDGETS in o.get("data", {})]
    assert len(live) >= 6
    assert all("text/html" in o.data for o in live)


def test_cleaning_leaves_no_widget_time_or_warning():
    notebook = nbformat.v4.new_notebook(metadata={"widgets": {"state": {}}})
    cell = nbformat.v4.new_code_cell("x", metadata={"execution": {"iopub.execute_input": "2031-01-01T00:00:00Z"}}, execution_count=1)
    cell.outputs = [
        nbformat.v4.new_output("stream", name="stderr", text="/usr/lib/x.py: a warning"),
        nbformat.v4.new_output("display_data", {WIDGETS: {"model_id": "1"}, "text/html": "<p>plain</p>"}, metadata={"isolated": True}),
    ]
    notebook.cells = [cell]
    made = clean(notebook)
    assert "widgets" not in made.metadata and made.cells[0].metadata == {}
    assert [o.data for o in made.cells[0].outputs] == [{"text/html": "<p>plain</p>"}]
    assert faults(made, 100) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda c: c.update(execution_count=None), "not executed"),
        (lambda c: c.outputs.append(nbformat.v4.new_output("error", ename="ValueError", evalue="no")), "an error: ValueError"),
        (lambda c: c.outputs.append(nbformat.v4.new_output("stream", name="stdout", text="in /home/ana/x.csv")), "/home/ana/x.csv"),
        (lambda c: c.outputs.append(nbformat.v4.new_output("display_data", {"text/html": "<script>1</script>"})), "a script"),
    ],
)
def test_faults_are_found(change, word):
    cell = nbformat.v4.new_code_cell("x", execution_count=1)
    change(cell)
    assert word in "; ".join(faults(nbformat.v4.new_notebook(cells=[cell]), 100))
    assert "bytes" in faults(nbformat.v4.new_notebook(), 300_001)[0]


def test_local_paths_are_recognised():
    assert all(
        PATHS.search(text) for text in (*(f"/{top}/a" for top in ("root", "home", "Users", "tmp", "work", "content")), r"C:\\Users\\a")
    )
    assert not PATHS.search("../data/raw and https://example.org/home")
