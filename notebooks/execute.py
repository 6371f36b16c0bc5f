"""Execute the notebooks in place and leave in them what a reader without a kernel can see: `make notebooks`."""

import hashlib
import io
import os
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from PIL import Image

from analysis.inference import MODELS, OnnxModel

FOLDER = Path(__file__).parent
WIDGETS = "application/vnd.jupyter.widget-view+json"
COLOURS = 255  # of a chart: enough for text and tints, half of the bytes
MOST = 300_000
PATHS = re.compile(r"(?:/(?:home|root|Users|tmp|work|mnt|opt|srv|content)/|[A-Z]:\\\\Users\\\\)[^\s\"'<>]*")


def execute(path: Path, folder: Path = FOLDER) -> nbformat.NotebookNode:
    """Return a notebook executed from top to bottom in a kernel of its own, with ``folder`` as working directory."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def made_of(notebook: nbformat.NotebookNode) -> str:
    """Return a hash of what a notebook's outputs come from: its code, the articles and labels it may read, the embedded models."""
    digest = hashlib.sha256()
    for cell in notebook.cells:
        digest.update(cell.source.encode() if cell.cell_type == "code" else b"")
    data = [p for p in [*(FOLDER / "example").iterdir(), *(FOLDER.parent / "data" / "raw").iterdir()] if p.is_file()]
    for path in sorted(data):
        digest.update(path.read_bytes())
    for name in ("stance", "attribution"):
        digest.update(OnnxModel(MODELS / name).revision.encode())
    return digest.hexdigest()


def clean(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Take out of an executed notebook what differs from machine to machine or needs a kernel: times, widgets, warnings' paths."""
    notebook.metadata = {key: notebook.metadata[key] for key in ("kernelspec", "language_info") if key in notebook.metadata}
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.outputs = [cleaned(output) for output in cell.outputs if output.get("name") != "stderr"]
    return notebook


def cleaned(output: Any) -> Any:
    """Return an output without its widget, its chart in few colours."""
    data = output.get("data", {})
    data.pop(WIDGETS, None)
    if "image/png" in data:
        data["image/png"] = smaller(data["image/png"])
    if output.output_type in ("display_data", "execute_result"):
        output.metadata = {}
    return output


def smaller(png: str) -> str:
    """Return a picture, base64, drawn in few colours."""
    from base64 import b64decode, b64encode

    picture = Image.open(io.BytesIO(b64decode(png))).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    made = io.BytesIO()
    picture.save(made, "PNG", optimize=True)
    return b64encode(made.getvalue()).decode()


def faults(notebook: nbformat.NotebookNode, size: int) -> list[str]:
    """Say what keeps an executed notebook from being committed: cells not run in order, errors, local paths, widgets, too many bytes."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = [f"cell {i} was not executed in order" for i, cell in enumerate(code, 1) if cell.execution_count != i]
    outputs = [output for cell in code for output in cell.outputs]
    found += [f"an error: {output.ename}: {output.evalue}" for output in outputs if output.output_type == "error"]
    found += ["a widget, which needs a kernel"] if any(WIDGETS in output.get("data", {}) for output in outputs) else []
    found += ["a script"] if any("<script" in str(output.get("data", {}).get("text/html", "")) for output in outputs) else []
    found += [f"a local path: {match.group()}" for match in [PATHS.search(nbformat.writes(notebook))] if match]
    found += [f"{size:,} bytes, more than {MOST:,}"] if size > MOST else []
    return found


def main(names: list[str]) -> int:
    """Execute, clean and write the named notebooks, or every one; return 1 if one cannot be committed."""
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    wrong = 0
    for path in [FOLDER / name for name in names] or sorted(FOLDER.glob("*.ipynb")):
        notebook = clean(execute(path))
        notebook.metadata["made_of"] = made_of(notebook)
        nbformat.write(notebook, path)
        found = faults(notebook, path.stat().st_size)
        wrong += bool(found)
        print(f"{path.name}: {path.stat().st_size:,} bytes; {'; '.join(found) or 'clean'}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
