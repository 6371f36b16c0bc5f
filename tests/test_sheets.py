import re

import openpyxl
import pandas as pd
import pytest
from stats_tables import corpus

from analysis.labels import KEY
from analysis.sampling import draw_sample
from analysis.sheets import COLUMNS, SheetError, codebook, read_sheet, write_sheet

SCORES, STATEMENTS, MENTIONS, ARTICLES, TRUTH = corpus(30)
SAMPLE = draw_sample(SCORES, STATEMENTS, MENTIONS, ARTICLES, n=6)


@pytest.fixture
def csv_sheet(tmp_path):
    write_sheet(SAMPLE, tmp_path / "sheet", coder="Cho Min")
    table = pd.read_csv(tmp_path / "sheet.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return tmp_path / "sheet.csv", table.assign(label="favor")


def test_csv_round_trip(csv_sheet):
    path, table = csv_sheet
    table["label"] = ["a", "n", "f", " Against ", "neutral", "FAVOR"]
    table["hard"] = ["", "yes", "", "", "", ""]
    table.to_csv(path, index=False)
    labels = read_sheet(path, SAMPLE)
    assert list(labels["label"]) == ["against", "neutral", "favor", "against", "neutral", "favor"]
    assert list(labels[KEY].itertuples(index=False)) == list(SAMPLE[KEY].itertuples(index=False))
    assert list(labels["probability"]) == list(SAMPLE["probability"])
    assert set(labels["coder"]) == {"Cho Min"}
    assert list(labels["hard"].fillna("no")) == ["no", "yes", "no", "no", "no", "no"]


def test_xlsx_round_trip_with_drop_downs_and_marked_target(tmp_path):
    write_sheet(SAMPLE, tmp_path / "sheet", coder="Cho Min")
    book = openpyxl.load_workbook(tmp_path / "sheet.xlsx", rich_text=True)
    page = book["label"]
    column = COLUMNS.index("label") + 1
    assert {rule.formula1 for rule in page.data_validations.dataValidation} == {'"against,neutral,favor"', '"yes"'}
    assert page.column_dimensions["K"].hidden
    marked = page.cell(2, COLUMNS.index("statement") + 1).value
    assert [str(piece) for piece in marked] == ["The envoy said ", "NATO", " is late."]
    assert marked[1].font.b
    assert "hard cases" in "\n".join(str(row[0].value) for row in book["codebook"])
    for row in range(2, 8):
        page.cell(row, column).value = "neutral"
    book.save(tmp_path / "sheet.xlsx")
    labels = read_sheet(tmp_path / "sheet.xlsx", SAMPLE, coder="Bo")
    assert list(labels["label"]) == ["neutral"] * 6
    assert set(labels["coder"]) == {"Bo"}


def test_csv_marks_the_target_and_hides_the_answer(csv_sheet):
    _, table = csv_sheet
    assert set(table["statement"]) == {"The envoy said [[NATO]] is late."}
    assert list(table.columns) == COLUMNS
    assert codebook().startswith("# Codebook")


def test_formulas_stay_text(tmp_path):
    sample = SAMPLE.assign(text="=SUM(NATO)\x07", start=5, end=9, context="-1 +2", speaker="=1+1")
    write_sheet(sample, tmp_path / "sheet")
    table = pd.read_csv(tmp_path / "sheet.csv", encoding="utf-8-sig")
    assert table["statement"].iloc[0].startswith(" =SUM([[NATO]])")
    page = openpyxl.load_workbook(tmp_path / "sheet.xlsx")["label"]
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)


def test_semicolons_are_read(csv_sheet):
    path, table = csv_sheet
    table.to_csv(path, index=False, sep=";")
    assert len(read_sheet(path, SAMPLE)) == 6


def test_every_wrong_row_is_named_with_its_line(csv_sheet):
    path, table = csv_sheet
    table.loc[0, "label"] = "pro"
    table.loc[1, "label"] = ""
    table.loc[2, "statement_id"] = "changed"
    table.loc[3, "target"] = "Mars"
    table.loc[4, KEY] = table.loc[5, KEY]
    table.to_csv(path, index=False)
    with pytest.raises(SheetError) as caught:
        read_sheet(path, SAMPLE)
    told = str(caught.value)
    for expected in (
        "row 2: unknown label 'pro'; labels are against, neutral, favor",
        "row 3: no label",
        "row 4: unknown statement_id 'changed'",
        "row 5: target changed to 'Mars'; it was",
        "row 7: the same statement and target as row 6",
        f"row numbered 3 is missing: {SAMPLE['statement_id'].iloc[2]}",
        "row numbered 5 is missing",
        "nothing was taken over",
    ):
        assert expected in told


def test_long_lists_are_cut(tmp_path):
    sample = draw_sample(SCORES, STATEMENTS, MENTIONS, ARTICLES, n=40)
    write_sheet(sample, tmp_path / "sheet", coder="Bo")
    with pytest.raises(SheetError, match="none of its 40 rows has a label yet"):
        read_sheet(tmp_path / "sheet.csv", sample)
    table = pd.read_csv(tmp_path / "sheet.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    table.assign(label=["favor"] + [""] * 39).to_csv(tmp_path / "sheet.csv", index=False)
    with pytest.raises(SheetError, match=r"(?s)39 rows are wrong.*and 19 more") as caught:
        read_sheet(tmp_path / "sheet.csv", sample)
    assert len(re.findall("no label", str(caught.value))) == 20


def test_unfinished_sheets_are_taken_over_on_request(csv_sheet):
    path, table = csv_sheet
    table.loc[0, "label"] = ""
    table.to_csv(path, index=False)
    assert len(read_sheet(path, SAMPLE, unfinished=True)) == 5


def test_somebody_must_have_labelled(tmp_path):
    write_sheet(SAMPLE, tmp_path / "sheet")
    table = pd.read_csv(tmp_path / "sheet.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig").assign(label="favor")
    table.to_csv(tmp_path / "sheet.csv", index=False)
    with pytest.raises(SheetError, match="row 2: no coder"):
        read_sheet(tmp_path / "sheet.csv", SAMPLE)
    assert set(read_sheet(tmp_path / "sheet.csv", SAMPLE, coder="Bo")["coder"]) == {"Bo"}


def test_sheets_are_never_overwritten(csv_sheet):
    path, _ = csv_sheet
    with pytest.raises(SheetError, match="exists and may hold labels"):
        write_sheet(SAMPLE, path)


def test_what_is_labelled_is_not_asked_again(tmp_path):
    part = SAMPLE.assign(labelled=[True, True, False, False, False, False])
    write_sheet(part, tmp_path / "sheet")
    assert len(pd.read_csv(tmp_path / "sheet.csv", encoding="utf-8-sig")) == 4
    with pytest.raises(SheetError, match="all 6 statements of the sample are labelled already"):
        write_sheet(SAMPLE.assign(labelled=True), tmp_path / "other")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [("s.csv", b"x,y\n1,2\n", "no column 'statement_id'; it has x, y"), ("s.xlsx", b"nonsense", "cannot be read")],
)
def test_files_that_are_no_sheets(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SheetError, match=message):
        read_sheet(tmp_path / name, SAMPLE)
    with pytest.raises(SheetError, match="cannot be read"):
        read_sheet(tmp_path / "absent.csv", SAMPLE)


def test_target_named_in_the_context_is_marked_there(tmp_path):
    sample = SAMPLE[:1].assign(text="They lied.", context="NATO met. It rained.", start=0, end=4, via="context")
    write_sheet(sample, tmp_path / "sheet")
    row = pd.read_csv(tmp_path / "sheet.csv", encoding="utf-8-sig").iloc[0]
    assert (row["context"], row["statement"]) == ("[[NATO]] met. It rained.", "They lied.")
    page = openpyxl.load_workbook(tmp_path / "sheet.xlsx", rich_text=True)["label"]
    context, statement = (page.cell(2, COLUMNS.index(name) + 1).value for name in ("context", "statement"))
    assert [str(piece) for piece in context] == ["NATO", " met. It rained."]
    assert context[0].font.b
    assert statement == "They lied."
