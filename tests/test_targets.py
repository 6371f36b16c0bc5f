"""Which statement speaks of which target: the words that count, and those that only look like it."""

import itertools

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.config import Target, load_config
from analysis.targets import find_targets, finder

FIND = {target.name: finder(target) for target in load_config().targets}


def found(text, context=""):
    return [(name, m.surface, m.via) for name, find in FIND.items() for m in find(text, context)]


def statements(*texts, scope=None, context=None, start=100):
    empty = {c: None for c in ("speaker", "speaker_role", "reported_by", "source_text", "cue")}
    rows = [
        {
            **empty,
            "statement_id": f"s{i}",
            "article_id": "a",
            "start": start,
            "end": start + len(text),
            "text": text,
            "kind": "narration",
            "source_spans": [],
            "cue_spans": [],
            "content_spans": [],
            "scope_spans": scope or [[start, start + len(text)]],
            "context": context or "",
        }
        for i, text in enumerate(texts)
    ]
    return pd.DataFrame(rows)


def rows(frame):
    return list(frame[["target", "surface", "via"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the U.S. and the USA", [("US", "U.S.", "name"), ("US", "USA", "name")]),
        ("the White House and the Pentagon", [("US", "White House", "metonym"), ("US", "Pentagon", "metonym")]),
        ("the Biden administration", [("US", "Biden administration", "metonym")]),
        ("Washington hesitates", [("US", "Washington", "metonym")]),
        ("the United\nStates", [("US", "United\nStates", "name")]),
        ("The alliance grows", [("NATO", "The alliance", "metonym")]),
        ("Kyiv or Kiev", [("Ukraine", "Kyiv", "metonym"), ("Ukraine", "Kiev", "metonym")]),
        ("The West waits", [("West", "The West", "name")]),
        ("US-led, anti-NATO, pro-Ukrainian", [("US", "US", "name"), ("NATO", "NATO", "name"), ("Ukraine", "Ukrainian", "name")]),
        ("a Washington-based group", [("US", "Washington", "metonym")]),
        ("Ukraine's army and America’s", [("US", "America", "name"), ("Ukraine", "Ukraine", "name")]),
        ("neighboring Ukraine", [("Ukraine", "Ukraine", "name")]),
    ],
)
def test_words_that_count(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It cost US$5 or US$ 5 or US $5bn or ten US dollars",
        "He told us to go. Us too.",
        "Latin American and North American states, South America",
        "The Washington Post and George Washington wrote",
        "the West Bank, the West Wing, the West Coast, the West Bank",
        "Western Sahara and the west wind of westerners",
        "Ukraine's neighbours, Ukraine’s neighbors. Neighbours of Ukraine fear",
        "non-NATO states. Non-NATO states",
        "an alliance of parties",
        "AUS, USAID, USSR, _US_, NATOs",
        "the Kyiv Post",
        "",
    ],
)
def test_false_friends(text):
    assert found(text) == []


def test_a_false_friend_does_not_hide_the_true_one():
    assert found("George Washington built Washington") == [("US", "Washington", "metonym")]
    assert [m.start for m in FIND["US"]("The Washington Post asked the US")] == [30]


@pytest.mark.parametrize(
    ("context", "text", "counts"),
    [
        ("", "The alliance sent troops.", True),
        ("", "The CSTO met. The alliance sent troops.", False),
        ("CSTO leaders met.", "The alliance sent troops.", False),
        ("CSTO leaders met NATO envoys.", "The alliance grew.", True),
        ("NATO came.", "The CSTO and the alliance met.", False),
        ("", "The alliance, the CSTO, met.", False),
        ("", "The alliance helps the CSTO, NATO said.", True),
        ("The Quadrangle met.", "The alliance grew.", True),
    ],
)
def test_the_alliance_when_another_is_named_nearer(context, text, counts):
    assert (
        ("NATO", "The alliance", "metonym") in found(text, context) or ("NATO", "the alliance", "metonym") in found(text, context)
    ) is counts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WASHINGTON WARNS UKRAINE", [("US", "WASHINGTON"), ("Ukraine", "UKRAINE")]),
        ("THE US SAID", [("US", "US")]),
        ("US WARNS OF WAR", [("US", "US")]),
        ("NATO, US SIGN", [("US", "US"), ("NATO", "NATO")]),
        ("A US-LED FORCE", [("US", "US")]),
        ("TELL US MORE", []),
        ("Tell the US more", [("US", "US")]),
        ("THE WEST BANK", []),
    ],
)
def test_lines_of_capitals(text, expected):
    assert [(name, surface) for name, surface, _ in found(text)] == expected


def test_one_row_a_statement_and_target_by_name_before_metonym():
    frame = find_targets(statements("Washington, the US and NATO", "Nothing here", "Kyiv"))
    assert frame[["statement_id", "target", "surface", "start", "end", "via"]].to_numpy().tolist() == [
        ["s0", "US", "US", 16, 18, "name"],
        ["s0", "NATO", "NATO", 23, 27, "name"],
        ["s2", "Ukraine", "Kyiv", 0, 4, "metonym"],
    ]


def test_indirect_targets_with_the_switch():
    frame = statements("The West and NATO agree")
    assert rows(find_targets(frame)) == [("NATO", "NATO", "name"), ("West", "The West", "name")]
    assert rows(find_targets(frame, indirect=True)) == [
        ("NATO", "NATO", "name"),
        ("West", "The West", "name"),
        ("US", "The West", "indirect"),
    ]


def test_the_switch_stands_in_the_configuration_too(tmp_path):
    (tmp_path / "c.yml").write_text("indirect: true")
    config = load_config(tmp_path / "c.yml")
    assert [r[2] for r in rows(find_targets(statements("The West"), config))] == ["name", "indirect", "indirect"]
    assert len(find_targets(statements("The West"), config, indirect=False)) == 1
    assert len(find_targets(statements("The West"), config.targets)) == 1


def test_only_mentions_within_the_scope_count():
    text = "NATO is late, he said, and Ukraine waits"
    assert rows(find_targets(statements(text, scope=[[100, 113]]))) == [("NATO", "NATO", "name")]
    assert rows(find_targets(statements(text, scope=[[113, 140]]))) == [("Ukraine", "Ukraine", "name")]
    assert rows(find_targets(statements(text, scope=[[100, 103], [127, 134]]))) == [("Ukraine", "Ukraine", "name")]
    assert len(find_targets(statements(text, scope=[[102, 103]]))) == 0


def test_the_context_column_is_read():
    assert len(find_targets(statements("The alliance left", context="The CSTO met."))) == 0


def test_targets_of_ones_own():
    own = [
        Target("EU", names=("European Union", "EU"), metonyms=("Brussels",), exclude=("Brussels sprouts",)),
        Target("Rain", names=("rain",)),
    ]
    frame = statements("Brussels sprouts in the RAIN", "EUROPEAN UNION", "European union", "Brussels, Rain")
    assert find_targets(frame, own)[["statement_id", "target", "surface"]].to_numpy().tolist() == [
        ["s0", "Rain", "RAIN"],
        ["s1", "EU", "EUROPEAN UNION"],
        ["s3", "EU", "Brussels"],
        ["s3", "Rain", "Rain"],
    ]


def test_a_longer_name_outlives_the_phrase_excluded_within_it():
    find = finder(Target("Paper", names=("Post", "Old Washington Post"), exclude=("Washington Post",)))
    assert [m.surface for m in find("The Old Washington Post, a Washington Post, a Post", "")] == ["Old Washington Post", "Post"]


def test_a_currency_is_no_country_without_being_listed():
    assert [m.start for m in finder(Target("US", names=("US",)))("US$5 for the US", "")] == [13]


def test_signs_in_a_name_are_no_expression():
    assert [m.surface for m in finder(Target("X", names=("A.B (C)+",)))("AxB CC, A.B (C)+ ", "")] == ["A.B (C)+"]


@pytest.mark.parametrize("target", [Target("Nobody"), Target("UN", names=("UN", " ")), Target("UN", names=("UN",), exclude=("",))])
def test_targets_without_words_are_refused(target):
    with pytest.raises(ValueError, match=rf"target '{target.name}' has no names"):
        find_targets(statements("UN"), [target])


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="statements lacks the columns scope_spans"):
        find_targets(statements("NATO").drop(columns="scope_spans"))


WORDS = [
    "US",
    "U.S.",
    "us ",
    "NATO",
    "the alliance",
    "CSTO",
    "Ukraine",
    "'s ",
    "’s neighbours",
    "West",
    "the ",
    "Bank",
    "Washington",
    "Post",
    " ",
    "-",
    "\n",
    ".",
    "$",
    "İ",
    "ß",
]


@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join), st.lists(st.sampled_from(WORDS), max_size=5).map("".join))
def test_a_mention_is_the_words_at_its_offsets(text, context):
    for find in FIND.values():
        mentions = find(text, context)
        assert all(0 <= m.start < m.end <= len(text) and text[m.start : m.end] == m.surface for m in mentions)
        assert all(a.end <= b.start for a, b in itertools.pairwise(mentions))
        assert all(not text[m.end : m.end + 1].isalnum() for m in mentions)


@pytest.mark.parametrize(
    ("text", "context", "expected"),
    [
        ("They have lied to us.", "Talks go on. NATO moved east.", [("NATO", "NATO", "context")]),
        ("They have lied to us.", "NATO moved east. Talks go on.", []),  # not the sentence just before
        ("They have lied to us.", "NATO and Ukraine met.", []),  # either could be meant
        ("The weather is fine.", "NATO moved east.", []),  # points back to nothing
        ("They fear Ukraine.", "NATO moved east.", [("Ukraine", "Ukraine", "name")]),  # names a target itself
        ("They have lied to us.", "", []),
    ],
)
def test_a_target_named_just_before_with_the_switch(text, context, expected):
    frame = find_targets(statements(text, context=context), from_context=True)
    assert rows(frame) == expected
    for r in frame.itertuples():
        assert (context if r.via == "context" else text)[r.start : r.end] == r.surface
    assert "context" not in [r[2] for r in rows(find_targets(statements(text, context=context)))]


def test_west_african_states_are_not_the_west():
    assert found("The West African state exports gas.") == []
