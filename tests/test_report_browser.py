"""The report in a real browser: what a click shows, what an address restores, what hostile text cannot do."""

import csv
import os
import re
import shutil

import pandas as pd
import pytest
from report_tables import HOSTILE, hostile, invented

from analysis.report import write_report
from analysis.report.payload import readings
from analysis.tables import typed

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install 'stance-analysis[test]'")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is found: install chromium, or name one in the variable CHROMIUM")
OPTIONS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
PATIENCE = 120_000  # milliseconds: on a busy machine a page may take long, and that is no error
sync_api.expect.set_options(timeout=PATIENCE)
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
GIVEN = invented(300, people=12, by=(("target",), ("target", "speaker"), ("target", "source"), ("target", "month")))
ROWS = readings(GIVEN)
# Lightness of text against what is painted behind it, by the formula of WCAG 2; ground that is a picture or a drawing is left out.
CONTRAST = """() => {
  const numbers = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = (c) => c.slice(0, 3).map((x) => (x /= 255) <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4).reduce((s, x, i) => s + x * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => { for (; e; e = e.parentElement) { const c = numbers(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const poor = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility() || e.matches('script, style, noscript, .in-bar')) continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(numbers(e.closest('svg') ? style.fill : style.color)), light(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) ;
    if (ratio < 4.5 || Number(style.opacity) < 1) poor.push(`${e.tagName}.${e.className} ${e.textContent.slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return poor;
}"""


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS.split())
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return write_report(GIVEN, tmp_path_factory.mktemp("report") / "report.html").as_uri()


@pytest.fixture
def visit(browser):
    """Open an address; at the end nothing may have gone wrong in the browser, and nothing but the file may have been asked for."""
    contexts, wrong = [], []

    def open_page(address, viewport=DESK, scheme="light", scale=1, patience=PATIENCE):
        context = browser.new_context(viewport=viewport, color_scheme=scheme, device_scale_factor=scale, accept_downloads=True)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("request", lambda request: None if request.url.startswith(("file:", "blob:")) else wrong.append(f"request: {request.url}"))
        page.goto(address, timeout=patience)
        sync_api.expect(page.locator("#count")).not_to_be_empty(timeout=patience)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def listed(page):
    """Return the ids of the statements on all pages, in order."""
    found = []
    while True:
        found += page.locator("#list > li").evaluate_all("cards => cards.map(c => c.dataset.statement)")
        following = page.locator("#pages a", has_text="Next")
        if not following.count():
            return found
        before = page.evaluate("location.hash")
        following.click()
        assert page.evaluate("location.hash") != before


def behind(**wanted):
    rows = ROWS
    for name, value in wanted.items():
        rows = rows[rows[name] == value]
    return set(rows["statement_id"])


def test_it_opens_without_errors_and_without_the_network(visit, address):
    page = visit(address)
    assert page.title() == "Stance toward US, NATO, Ukraine, West"
    assert page.locator("#shares svg").count() == page.locator("#timeline svg").count() == 1
    assert page.locator("#list > li").count() == 25


@pytest.mark.parametrize("label", ["against", "neutral", "favor"])
def test_a_bar_shows_exactly_its_statements(visit, address, label):
    page = visit(address)
    page.locator(f'#shares a[href="#target=NATO&label={label}"]').click()
    found = listed(page)
    assert len(found) == len(set(found))
    assert set(found) == behind(target="NATO", label=label) != set()


def test_a_mean_and_a_headline_show_all_statements_on_the_target(visit, address):
    for place in (".tiles", "#shares"):
        page = visit(address)
        page.locator(f'{place} a[href="#target=Ukraine"]').click()
        assert set(listed(page)) == behind(target="Ukraine")


def test_every_kind_of_cell_shows_exactly_its_statements(visit, address):
    page = visit(address)
    table = GIVEN.summaries["target", "speaker"]
    for _, row in pd.concat([table.dropna(subset="estimate").head(2), table[table["estimate"].isna()].head(1)]).iterrows():
        page.locator("#matrix a.cell").and_(page.locator(f'[aria-label^="{row["speaker"]} on {row["target"]}:"]')).click()
        found = set(listed(page))
        assert found == behind(target=row["target"], speaker=row["speaker"]) and len(found) == row["n_statements"]
    page.get_by_role("button", name="by source").click()
    page.locator('#matrix a.cell[aria-label^="Harbour Herald on West:"]').click()
    assert set(listed(page)) == behind(target="West", source="Harbour Herald")


def test_a_point_in_time_shows_exactly_its_statements(visit, address):
    page = visit(address)
    row = GIVEN.summaries["target", "month"].dropna(subset="estimate").iloc[0]
    page.locator(f'#timeline a[aria-label^="{row["target"]}, {row["month"]:%Y-%m-%d} to"]').click()
    inside = ROWS[(ROWS["target"] == row["target"]) & (ROWS["published"].dt.to_period("M") == row["month"].to_period("M"))]
    assert set(listed(page)) == set(inside["statement_id"])
    assert len(set(inside["statement_id"])) == row["n_statements"]


def test_every_number_has_its_interval_and_its_n(visit, address):
    page = visit(address)
    known = GIVEN.summaries["target", "speaker"]["estimate"].notna().sum()
    assert page.locator("#matrix .mini-line").count() == known
    assert page.locator("#shares .whisker").count() == 4
    assert page.locator("#timeline .n, #timeline .n-few").count() == len(GIVEN.summaries["target", "month"])


def test_filters_live_in_the_address_and_come_back_from_it(visit, address):
    page = visit(address)
    page.select_option("[name=target]", "NATO")
    page.select_option("[name=label]", "against")
    page.fill("[name=from]", "2021-03-01")
    page.fill("[name=to]", "2022-06-30")
    page.select_option("[name=sort]", "against")
    page.fill("[name=q]", "Promise TALKS")
    sync_api.expect(page.locator(".chip", has_text="text: Promise TALKS")).to_be_visible()
    hash_of = page.evaluate("location.hash")
    assert hash_of == "#target=NATO&label=against&from=2021-03-01&to=2022-06-30&q=Promise+TALKS&sort=against"
    found = listed(page)
    rows = ROWS[(ROWS["target"] == "NATO") & (ROWS["label"] == "against") & ROWS["published"].between("2021-03-01", "2022-06-30")]
    rows = rows[rows["text"].str.contains("promise") & rows["text"].str.contains("talks")]
    assert set(found) == set(rows["statement_id"]) != set()
    other = visit(address + hash_of)
    assert listed(other) == found
    form = {name: other.input_value(f"[name={name}]") for name in ("target", "label", "from", "to", "sort", "q", "speaker")}
    assert form == {
        "target": "NATO",
        "label": "against",
        "from": "2021-03-01",
        "to": "2022-06-30",
        "sort": "against",
        "q": "Promise TALKS",
        "speaker": "",
    }
    other.get_by_role("button", name="Show all statements").click()
    assert other.evaluate("location.hash") == ""
    other.go_back()
    sync_api.expect(other.locator("[name=target]")).to_have_value("NATO")


def test_a_page_of_the_list_can_be_shared_and_a_chip_taken_away(visit, address):
    page = visit(address + "#target=US&page=2")
    sync_api.expect(page.locator("#pages")).to_contain_text("page 2 of")
    assert page.locator("#list").get_attribute("start") == "26"
    page.get_by_role("button", name="Remove the filter on: US").click()
    assert page.evaluate("location.hash") == ""
    sync_api.expect(page.locator("#count")).to_contain_text("300 statements in 75 articles")


def test_an_address_nobody_can_answer_says_so(visit, address):
    page = visit(address + "#speaker=Nobody+Atall&page=-3&sort=sideways&nonsense=1")
    sync_api.expect(page.locator("#count")).to_have_text("No statement passes these filters.")
    assert page.input_value("[name=speaker]") == "Nobody Atall"


def test_words_are_marked_in_place(visit, address):
    page = visit(address + "#target=NATO")
    first = page.locator("#list > li").first
    assert first.locator(".m-target").all_text_contents() == ["NATO"]
    row = ROWS[ROWS["statement_id"] == first.get_attribute("data-statement")].iloc[0]
    assert "".join(first.locator("blockquote .m-cue").all_text_contents()) == row["cue"]
    assert "".join(first.locator("blockquote").all_text_contents()) == row["text"]


def test_words_that_carried_the_stance_are_marked_and_nothing_else_changes(visit, tmp_path):
    given = invented(8, seed=2)
    plain = visit(write_report(given, tmp_path / "plain.html").as_uri())
    decided = given.tables["scores"].query("label in ('against', 'favor')")
    several = given.tables["scores"]["statement_id"].value_counts().loc[lambda n: n > 1].index
    one = decided[decided["statement_id"].isin(several)].iloc[0]
    silent = decided[decided["statement_id"] != one["statement_id"]].iloc[0]
    text = given.tables["statements"].set_index("statement_id")["text"]
    rows = [(0, 3, 1), (5, 9, 0.7), (10, 12, 0.6)]
    sign = {"against": -1, "favor": 1}[one["label"]]
    words = [{"statement_id": one["statement_id"], "target": one["target"], "start": a, "end": b, "weight": sign * w} for a, b, w in rows]
    words.append({"statement_id": silent["statement_id"], "target": silent["target"], "start": 0, "end": 3, "weight": 0.0})
    given.tables["words"] = typed(pd.DataFrame(words).assign(word="w"), "words")
    page = visit(write_report(given, tmp_path / "report.html").as_uri(), scheme="dark")
    assert page.evaluate(f"({CONTRAST})()") == []
    card = page.locator(f'[data-statement="{one["statement_id"]}"]')
    said = text[one["statement_id"]]
    assert "".join(card.locator("blockquote .m-carried").all_text_contents()) == said[:3] + said[5:9]
    assert page.locator("blockquote:has(.m-carried)").count() == 1
    assert "no few words carry it" in page.locator(f'[data-statement="{silent["statement_id"]}"]').inner_text()
    sync_api.expect(page.locator("#key-carried")).to_contain_text(f"looked for in 2 of {len(decided)} labelled")
    assert plain.locator("#key-carried, .m-carried").count() == 0
    # Marks of several targets look alike; a card with several says whose words they are.
    mine = card.locator(".reading", has_text=one["target"])
    assert f"carried by “{said[:3]}”, “{said[5:9]}”" in mine.inner_text()
    assert card.locator("mark.m-carried").count() >= 2
    assert card.locator(".reading").count() > 1
    assert page.locator(".reading", has_text="carried by").count() == 1
    texts = [p.locator("#list blockquote").all_text_contents() for p in (plain, page)]
    assert texts[0] == texts[1]
    added = page.locator("#key-carried").inner_text()
    for part in ("#overview", "#speakers", "#list", "#filters"):
        assert plain.locator(part).inner_text() == re.sub(
            r" · (no few words carry it|carried by “[^”]*”(, “[^”]*”)*)", "", page.locator(part).inner_text()
        )
    key = page.locator(".key").inner_text().replace(added, "")
    assert key.split() == plain.locator(".key").inner_text().split()
    page.get_by_role("link", name="Show the marked ones").click()
    assert listed(page) == [one["statement_id"]] and page.evaluate("location.hash") == "#words=marked"
    sync_api.expect(page.locator(".chip")).to_contain_text("words that carried the stance: marked")


def test_mentions_in_what_stands_before_are_marked_there(visit, tmp_path):
    given = invented(8)
    given.tables["mentions"] = given.tables["mentions"].assign(via="context", start=9, end=13)
    page = visit(write_report(given, tmp_path / "report.html").as_uri())
    card = page.locator("#list > li").first
    assert card.locator(".before .m-target").first.is_visible() and card.locator(".before .m-target").first.text_content() == "long"


def test_counts_of_unsure_are_hatched_as_the_legend_says(visit, tmp_path):
    given = invented(8)
    row = dict.fromkeys(("n_against", "n_neutral", "n_favor"), 1) | {"n_unsure": 5, "n_statements": 8}
    few = given.summaries["target",].assign(estimate=float("nan"), low=float("nan"), high=float("nan"), **row)
    given.summaries["target",] = few
    page = visit(write_report(given, tmp_path / "report.html").as_uri())
    fills = {name: page.locator(f"#shares .count-{name}").first.evaluate("e => getComputedStyle(e).fill") for name in ("unsure", "neutral")}
    assert "#hatch" in fills["unsure"] and "url" not in fills["neutral"]


def test_hostile_text_is_inert(visit, tmp_path):
    page = visit(write_report(hostile(), tmp_path / "report.html").as_uri())
    page.locator(".before summary").first.click()
    page.fill("[name=q]", "<script>")
    sync_api.expect(page.locator(".chip")).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert page.locator("blockquote").first.text_content() == HOSTILE
    assert page.locator("blockquote .m-target").first.text_content() == "NATO"
    addresses = page.locator("main a").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    assert {address.split(":")[0] for address in addresses if not address.startswith("#")} == {"https"}
    assert page.get_by_text("javascript:window.hacked=1").is_visible()
    assert page.locator("main img, main iframe, main script").count() == 0


def test_a_table_is_downloaded_whole_and_harmless(visit, address, tmp_path):
    page = visit(address + "#label=against")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="statements-shown.csv").click()
    waiting.value.save_as(tmp_path / "shown.csv")
    shown = pd.read_csv(tmp_path / "shown.csv")
    assert set(zip(shown["statement_id"], shown["target"], strict=True)) == set(
        ROWS.loc[ROWS["label"] == "against", ["statement_id", "target"]].itertuples(index=False, name=None)
    )
    page = visit(write_report(hostile(), tmp_path / "report.html").as_uri())
    with page.expect_download() as waiting:
        page.get_by_role("button", name="statements.csv").click()
    waiting.value.save_as(tmp_path / "all.csv")
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == [HOSTILE] * 3
    assert "'=1+1" in [row["source"] for row in rows]


def test_a_keyboard_is_enough(visit, address):
    page = visit(address)
    link = page.locator('#shares a[href="#target=US&label=against"]')
    link.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "statements-head"
    page.get_by_role("button", name="Back to the figure").press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#target=US&label=against"
    assert link.get_attribute("aria-current") == "true"
    sync_api.expect(page.locator("#figure")).to_contain_text("US, against:")
    page.get_by_role("button", name="NATO", exact=True).press("Enter")
    assert page.locator("#matrix th[aria-sort=ascending]").text_content().startswith("NATO")


def test_everything_has_a_name_for_those_who_listen(visit, address):
    page = visit(address)
    unnamed = page.evaluate(
        "[...document.querySelectorAll('a, button, select, input')].filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || (e.labels && e.labels.length))).length"
    )
    assert unnamed == 0
    assert page.locator("[role=status][aria-live=polite]#count").count() == 1
    assert page.locator("#matrix th[scope=row]").count() == page.locator("#matrix tbody tr").count() > 0
    assert page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(visit, address, scheme):
    page = visit(address + "#q=talks", scheme=scheme)
    assert page.evaluate(f"({CONTRAST})()") == []


def test_a_phone_needs_no_sideways_scrolling(visit, address):
    page = visit(address, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator("#matrix .cell").evaluate_all("cells => cells.filter(c => c.scrollWidth > c.clientWidth).length") == 0
    assert not page.locator("[name=q]").is_visible()
    page.get_by_text("Search and filter").click()
    assert page.locator("[name=q]").is_visible()


@pytest.mark.parametrize("scale", [1, 2])
def test_no_field_is_cut_off_whatever_the_screen(visit, address, scale):
    page = visit(address, scale=scale)
    assert page.evaluate("(form => form.scrollWidth - form.clientWidth)(document.getElementById('filters'))") == 0


def test_paper_has_no_controls(visit, address):
    page = visit(address)
    page.emulate_media(media="print", color_scheme="dark")
    page.pdf()
    assert not page.locator("#filters").is_visible() and not page.locator("#data").is_visible()
    assert (
        page.locator("#methods").is_visible() and page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    )


def test_twenty_thousand_statements_open_and_page(visit, tmp_path):
    report = write_report(invented(20_000, by=(("target",),), resamples=100), tmp_path / "report.html")
    page = visit(report.as_uri(), patience=5_000)  # many times what it takes
    sync_api.expect(page.locator("#count")).to_contain_text("20,000 statements in 5,000 articles")
    page.locator("#pages a", has_text="Next").click()
    sync_api.expect(page.locator("#pages")).to_contain_text("page 2 of 800")
    assert page.locator("#list > li").count() == 25
