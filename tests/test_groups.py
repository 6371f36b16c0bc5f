import pandas as pd
import pytest
from stats_tables import corpus

from analysis.groups import MISSING, NO_SPEAKER, join, period_start, with_groups


def tables():
    scores = pd.DataFrame({"statement_id": ["s1", "s1", "s2"], "target": ["NATO", "US", "NATO"], "stance": [-1.0, 0.5, 0.0]})
    statements = pd.DataFrame(
        {
            "statement_id": ["s1", "s2"],
            "article_id": ["a1", "a2"],
            "speaker": ["Ana Petrov", None],
            "speaker_role": ["envoy", None],
            "kind": ["direct", "narration"],
        }
    )
    articles = pd.DataFrame(
        {
            "article_id": ["a1", "a2"],
            "source": ["Gazette", "Herald"],
            "published": pd.to_datetime(["2022-03-17", None]),
            "duplicate_of": [None, None],
        }
    )
    return scores, statements, articles


def test_join_adds_who_where_and_when():
    rows = join(*tables())
    assert list(rows["speaker"]) == ["Ana Petrov", "Ana Petrov", NO_SPEAKER]
    assert list(rows["source"]) == ["Gazette", "Gazette", "Herald"]
    assert len(rows) == 3


def test_reprints_are_left_out():
    scores, statements, articles = tables()
    articles["duplicate_of"] = [None, "a1"]
    assert list(join(scores, statements, articles)["statement_id"]) == ["s1", "s1"]


def test_joining_twice_changes_nothing():
    scores, statements, articles = tables()
    once = join(scores, statements, articles)
    pd.testing.assert_frame_equal(join(once, statements, articles), once)


def test_orphans_are_named():
    scores, statements, articles = tables()
    with pytest.raises(ValueError, match="scores name the statement_id 's2'"):
        join(scores, statements[:1], articles)
    with pytest.raises(ValueError, match="statements name the article 'a2'"):
        join(scores, statements, articles[:1])


def test_periods_by_hand():
    day = pd.Series(pd.to_datetime(["2022-03-17"]))  # a Thursday
    starts = {every: period_start(day, every).iloc[0].date().isoformat() for every in ("day", "week", "month", "quarter", "year")}
    assert starts == {"day": "2022-03-17", "week": "2022-03-14", "month": "2022-03-01", "quarter": "2022-01-01", "year": "2022-01-01"}


def test_rows_without_a_date_are_left_out_of_periods_and_nulls_get_a_name():
    rows = join(*tables())
    assert list(with_groups(rows, ["month"])["statement_id"]) == ["s1", "s1"]
    assert list(with_groups(rows, ["speaker_role"])["speaker_role"]) == ["envoy", "envoy", "(not given)"]


def test_unknown_column_lists_those_there_are():
    with pytest.raises(ValueError, match="cannot group by 'country'; the columns are statement_id, target"):
        with_groups(join(*tables()), ["country"])
    scores, statements, _ = tables()
    with pytest.raises(ValueError, match="needs the column published"):
        with_groups(join(scores, statements), ["month"])


def test_own_column_can_be_merged():
    scores, statements, _, articles, _ = corpus(5)
    rows = join(scores, statements, articles).merge(
        pd.DataFrame({"source": ["Gazette", "Herald"], "owner": ["state", "private"]}), on="source"
    )
    assert set(with_groups(rows, ["owner"])["owner"]) == {"state", "private"}


def test_countries_of_speakers():
    scores, statements, articles = tables()
    statements["speaker_role"] = ["Polish envoy to Moscow", None]
    rows = join(scores, statements, articles)
    assert list(with_groups(rows, ["target", "speaker_country"])["speaker_country"]) == ["Poland", "Poland", NO_SPEAKER]
    statements["speaker_role"] = ["envoy", None]
    assert list(with_groups(join(scores, statements), ["speaker_country"])["speaker_country"]) == [MISSING, MISSING, NO_SPEAKER]
    own = rows.assign(speaker_country=["Exampleland", "Exampleland", None])
    assert list(with_groups(own, ["speaker_country"])["speaker_country"]) == ["Exampleland", "Exampleland", MISSING]
