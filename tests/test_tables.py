"""The column dictionary and the check at the edges."""

import pandas as pd
import pytest

from analysis.tables import CLASSES, TABLES, check, dictionary, empty, typed

MENTION = {"statement_id": "s1", "target": "NATO", "surface": "NATO", "start": 0, "end": 4, "via": "name"}


def mentions(*rows):
    return pd.DataFrame([{**MENTION, **row} for row in rows])


def test_class_order():
    assert CLASSES == ("against", "neutral", "favor")


@pytest.mark.parametrize("table", TABLES)
def test_keys_are_columns_that_must_be_given(table):
    schema = TABLES[table]
    assert all(not schema.columns[name].missing for name in schema.key)
    assert all(column.meaning for column in schema.columns.values())


@pytest.mark.parametrize("table", TABLES)
def test_an_empty_table_is_valid(table):
    assert list(check(empty(table), table).columns) == list(TABLES[table].columns)


def test_check_returns_the_same_object_and_allows_more_columns():
    frame = mentions({"note": "x"})
    assert check(frame, "mentions") is frame


def test_a_missing_column_is_named_with_those_there():
    with pytest.raises(ValueError, match=r"mentions lacks the columns via; it has statement_id, target, surface, start, end"):
        check(mentions({}).drop(columns="via"), "mentions")


def test_a_null_is_named_with_its_row():
    with pytest.raises(ValueError, match=r"mentions\.surface is null in row 1"):
        check(mentions({}, {"target": "US", "surface": None}), "mentions")


def test_columns_that_may_be_missing_may_be_null():
    row = {name: "x" for name in TABLES["articles"].columns} | {"published": None, "duplicate_of": None}
    assert len(check(pd.DataFrame([row]), "articles")) == 1


def test_a_repeated_key_is_named():
    with pytest.raises(ValueError, match=r"two rows with the key \{'statement_id': 's1', 'target': 'NATO'\}"):
        check(mentions({}, {"surface": "Nato"}), "mentions")
    assert len(check(mentions({}, {"target": "US"}), "mentions")) == 2


def test_the_key_of_a_summary_is_its_grouping():
    frame = empty("summary").reindex([0, 1]).assign(**{c: 0 for c in TABLES["summary"].columns}, target=["US", "US"])
    with pytest.raises(ValueError, match=r"key \{'target': 'US'\}"):
        check(frame, "summary", by=("target",))
    with pytest.raises(ValueError, match="lacks the columns speaker"):
        check(frame, "summary", by=("speaker",))


def test_typed_orders_and_types_and_keeps_the_rest():
    frame = typed(mentions({"note": 1})[["note", "end", "start", "surface", "target", "statement_id", "via"]], "mentions")
    assert list(frame.columns) == [*TABLES["mentions"].columns, "note"]
    assert frame["start"].dtype == "int64"
    assert frame["surface"].dtype == "string"


def test_dictionary_has_a_row_for_every_column():
    rows = dictionary()
    assert len(rows) == sum(len(t.columns) for t in TABLES.values())
    row = rows[(rows["table"] == "articles") & (rows["column"] == "duplicate_of")].iloc[0]
    assert (row["kind"], row["may be missing"]) == ("text", "yes")
