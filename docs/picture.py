"""The README's picture of the report: `make picture DATA=folder`.

The folder holds corpora/kremlin_en_turns.jsonl (kremlin.ru, CC BY 4.0). It is scored, a report is written, and a headless Chromium looks at its first screen and at
the statements behind one bar. `--results` takes the folder of an earlier run instead. Needs Playwright and Chromium (`CHROMIUM` names another one).
"""

import argparse
import os
import shutil
import tempfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from kremlin import OwnWords
from PIL import Image
from playwright.sync_api import sync_playwright

from analysis.config import load_config
from analysis.pipeline import run
from analysis.report import REPORT, write_report
from analysis.results import Results, read_results
from analysis.summary import summarize

PICTURE = Path(__file__).with_name("report.png")
WIDTH, SCALE = 1120, 2
SHOWN = "#target=NATO&label=against&sort=against"  # the bar whose statements are shown
CARD = "#list > li:has(mark.m-carried)"  # the first whose words are marked is in the picture
COLOURS = 128  # of the palette: enough for text and flat grounds, and a third of the bytes


def main() -> None:
    """Run, write, look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with corpora/")
    parser.add_argument("--results", type=Path, help="folder of an earlier run; made if it is not there")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        results = args.results or Path(place) / "results"
        if not (results / REPORT).is_file():
            run(args.data / "corpora" / "kremlin_en_turns.jsonl", load_config(), results, tagger=OwnWords())
        report = write_report(by_event(read_results(results)), Path(place) / REPORT)
        stacked(screens(report.as_uri())).quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURE, optimize=True)
    print(f"{PICTURE.name}: {PICTURE.stat().st_size / 1e3:.0f} kB")


def by_event(results: Results) -> Results:
    """Take all turns of one event for one article: they are not independent of each other."""
    articles, settings = results.tables["articles"], results.manifest["config"]["summary"]
    events = articles.drop_duplicates("url")
    event = articles.set_index("article_id")["url"].map(events.set_index("url")["article_id"])
    statements = results.tables["statements"].assign(article_id=lambda table: table["article_id"].map(event))
    options = {name: settings[name] for name in ("min_articles", "level", "resamples", "seed")}
    summaries = {
        by: summarize(results.tables["scores"], list(by), statements=statements, articles=events, **options) for by in results.summaries
    }
    return replace(results, tables={**results.tables, "articles": events, "statements": statements}, summaries=summaries)


def screens(address: str) -> list[Image.Image]:
    """Return the report's title and headline figures, and a statement behind a bar."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 900}, device_scale_factor=SCALE)
        page.goto(address + SHOWN)
        page.locator("#list > li").first.wait_for()
        page.locator(CARD).first.evaluate("card => { while (card.previousElementSibling) card.previousElementSibling.remove(); }")
        title, tiles, overview = box(page, ".lede"), box(page, ".tiles"), box(page, "#overview")
        first, card = box(page, "#statements"), box(page, "#list > li:first-child")
        found = [
            shot(page, 0, title["y"] + title["height"]),
            shot(page, tiles["y"] - 16, overview["y"] + overview["height"]),
            shot(page, first["y"], card["y"] + card["height"]),
        ]
        browser.close()
    return found


def box(page: Any, selector: str) -> dict[str, float]:
    """Return where an element stands in the page."""
    return dict(
        page.locator(selector).evaluate("e => { const r = e.getBoundingClientRect(); return {y: r.y + scrollY, height: r.height}; }")
    )


def shot(page: Any, top: float, bottom: float) -> Image.Image:
    """Return the page between two heights."""
    return Image.open(BytesIO(page.screenshot(full_page=True, clip={"x": 0, "y": top, "width": WIDTH, "height": bottom - top}))).convert(
        "RGB"
    )


def stacked(parts: list[Image.Image]) -> Image.Image:
    """Return pictures one below the other."""
    whole = Image.new("RGB", (parts[0].width, sum(part.height for part in parts)))
    at = 0
    for part in parts:
        whole.paste(part, (0, at))
        at += part.height
    return whole


if __name__ == "__main__":
    main()
