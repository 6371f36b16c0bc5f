"""What the model cards say, shortened for the report."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.inference import MODELS, OnnxModel

SHIPPED = {"stance": {"default": "stance", "fast": "stance-fast"}, "attribution": {"default": "attribution", "fast": "attribution-fast"}}
SHOWN = ("Accuracy", "Scores", "What it must not be used for")


@dataclass(frozen=True)
class Block:
    """A paragraph, list or table of a card; cells and items are plain text."""

    kind: str
    rows: list[list[str]]


@dataclass(frozen=True)
class Card:
    """A model as the report names it."""

    role: str
    name: str
    identity: str
    note: str = ""
    about: list[Block] = field(default_factory=list)
    sections: list[tuple[str, list[Block]]] = field(default_factory=list)


def model_cards(manifest: dict[str, Any]) -> list[Card]:
    """Return the cards of the models a run used, as far as they are at hand.

    Parameters
    ----------
    manifest : dict
        Of a run.

    Returns
    -------
    list of Card
        One for each model. ``note`` says why a card is missing, or that the model at hand is not the one the run used.
    """
    config, found = manifest["config"], []
    for role, asked in (("stance", config["stance"]["model"]), ("attribution", config["statements"]["tagger"])):
        identity = str(manifest["models"][role]["sha256"])
        folder = MODELS / SHIPPED[role][asked] if asked in SHIPPED[role] else Path(asked)
        # Of a folder only its name: where it lay on the machine is nobody's business.
        name = asked if asked in SHIPPED[role] or not folder.is_dir() else folder.name
        found.append(_card(role, name, identity, folder))
    return found


def _card(role: str, name: str, identity: str, folder: Path) -> Card:
    file = folder / "MODEL_CARD.md"
    if not file.is_file():
        return Card(
            role, name, identity, "No model card is at hand: its accuracy on texts like these has to be measured before its output is used."
        )
    about, sections = read_card(file.read_text(encoding="utf-8"))
    note = (
        ""
        if _same(folder, identity)
        else "The results were made with another version of this model; the card is that of the version installed now."
    )
    return Card(role, name, identity, note, about, [(head, blocks) for head, blocks in sections if head in SHOWN])


def _same(folder: Path, identity: str) -> bool:
    try:
        return OnnxModel(folder).revision == identity
    except (ValueError, OSError):
        return False


def read_card(text: str) -> tuple[list[Block], list[tuple[str, list[Block]]]]:
    """Return what a card says first, and its sections with their headings: of Markdown, paragraphs, lists and tables."""
    parts = re.split(r"^## +(.+)$", re.sub(r"^# .*$", "", text, count=1, flags=re.MULTILINE), flags=re.MULTILINE)
    return _blocks(parts[0]), [(head.strip(), _blocks(body)) for head, body in zip(parts[1::2], parts[2::2], strict=True)]


def _blocks(text: str) -> list[Block]:
    found = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line for line in block.splitlines() if line.strip()]
        if not lines:
            continue
        if all(line.startswith("|") for line in lines):
            rows = [[_plain(cell) for cell in line.strip().strip("|").split("|")] for line in lines]
            found.append(Block("table", [row for row in rows if any(set(cell) - set("-: ") for cell in row)]))
        elif lines[0].startswith("- "):
            items = re.split(r"^- ", "\n".join(lines), flags=re.MULTILINE)[1:]
            found.append(Block("list", [[_plain(item)] for item in items]))
        else:
            found.append(Block("text", [[_plain(" ".join(lines))]]))
    return found


def _plain(text: str) -> str:
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(text.split()))
    return re.sub(r"\*\*|`|(?<!\w)\*|\*(?!\w)", "", text).strip()
