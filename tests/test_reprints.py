from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.reprints import find_reprints, jaccard, shingle_hashes

LONG = " ".join(f"word{i}" for i in range(200))
NEARLY = LONG.replace("word100", "changed")
OTHER = " ".join(f"other{i}" for i in range(200))


def test_the_earliest_is_the_original() -> None:
    days = [date(2022, 1, 3), date(2022, 1, 1), date(2022, 1, 2), None]
    assert find_reprints([LONG, NEARLY, OTHER, LONG.upper()], days, [""] * 4, 0.8) == [1, None, None, 1]


def test_equal_days_go_by_order() -> None:
    assert find_reprints([LONG, LONG], [None, None], ["", ""], 1.0) == [None, 0]


def test_overlap_below_the_threshold_is_no_reprint() -> None:
    # 198 sequences each, 3 of them changed: 195 shared of 201.
    assert jaccard(shingle_hashes(LONG), shingle_hashes(NEARLY)) == pytest.approx(195 / 201)
    assert find_reprints([LONG, NEARLY], [None, None], ["", ""], 195 / 201) == [None, 0]
    assert find_reprints([LONG, NEARLY], [None, None], ["", ""], 0.98) == [None, None]


def test_order_of_words_counts() -> None:
    assert jaccard(shingle_hashes("a b c"), shingle_hashes("c b a")) == 0


def test_short_texts_and_other_speakers_are_no_reprints() -> None:
    assert find_reprints(["Thank you all very much."] * 2, [None] * 2, ["", ""], 0.8) == [None, None]
    assert find_reprints([LONG, LONG], [None] * 2, ["Ana Sample", "Bo Sample"], 0.8) == [None, None]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([LONG, NEARLY, OTHER, "short"]), max_size=8))
def test_originals_are_originals(texts: list[str]) -> None:
    found = find_reprints(texts, [None] * len(texts), [""] * len(texts), 0.8)
    assert all(j is None or (j < i and found[j] is None) for i, j in enumerate(found))
