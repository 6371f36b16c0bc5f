from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cleaning import clean, paragraphs
from analysis.decoding import normalise


@pytest.mark.parametrize(
    ("line", "city", "agency"),
    [("MOSCOW (AA) – ", "Moscow", "AA"), ("KYIV, Ukraine (AP) — ", "Kyiv", "AP"), ("WASHINGTON, Feb 3 (Reuters) - ", "Washington", "Reuters"),
     ("BRUSSELS — ", "Brussels", ""), ("LONDON and KYIV -- ", "London and Kyiv", ""), ("LANGLEY, Va., July 8 (Reuters) - ", "Langley", "Reuters"),
     ("MOSCOW, December 27. /TASS/. ", "Moscow", "TASS"), ("Moscow (AA) - ", "Moscow", "AA"), ("RIO DE JANEIRO (AFP) — ", "Rio de Janeiro", "AFP"),
     ("WASHINGTON/MOSCOW (Reuters) - ", "Washington/Moscow", "Reuters"), ("(CNN) -- ", "", "CNN"), ("MOSCOW. Dec 27 (Interfax) - ", "Moscow", "Interfax")],
)  # fmt: skip
def test_datelines_leave_the_text(line: str, city: str, agency: str) -> None:
    found = clean(line + "Talks with the US begin on Monday.")
    assert (found.city, found.agency, found.text, found.removed) == (city, agency, "Talks with the US begin on Monday.", [line.strip()])


@pytest.mark.parametrize(
    "text",
    ["NATO — the alliance of thirty states — met.", "US - Russia talks begin.", "Moscow – the capital – was calm.", "The bank (AP) says so.", "BREAKING — Talks fail.",
     "MS. SAMPLE: I — I think so.", "Q — Will you go?"],
)  # fmt: skip
def test_what_is_no_dateline_stays(text: str) -> None:
    found = clean(text)
    assert (found.text, found.city, found.removed) == (text, "", [])


def test_a_dateline_with_a_year_gives_the_day() -> None:
    assert clean("KYIV, Feb. 3, 2022 (Reuters) - Talks begin.").published == date(2022, 2, 3)


def test_the_parts_of_a_plain_article() -> None:
    found = clean(
        "Talks to start in January\n\nBoth sides agree.\n\nBy Ana Sample and Bo Sample\n\nUpdated: 28 December 2021\n\nPublished: 27 December 2021\n\nGENEVA — They met."
    )
    assert found.title == "Talks to start in January"
    assert found.author == "Ana Sample and Bo Sample"
    assert found.published == date(2021, 12, 27)
    assert found.text == "Both sides agree.\n\nThey met."


@pytest.mark.parametrize(
    "text",
    [
        "The talks have begun.\n\nThey go on.",
        "Only one line without a stop",
        "MS. SAMPLE: Good afternoon\n\nMR. OTHER: Hello.",
        "Dear friends,\n\nThank you.",
    ],
)
def test_no_title_where_there_is_none(text: str) -> None:
    found = clean(text)
    assert (found.title, found.text) == ("", text)


def test_a_title_given_apart_leaves_the_text_once() -> None:
    found = clean("Talks begin\n\nThey met.", title="Talks begin")
    assert (found.title, found.text, found.removed) == ("Talks begin", "They met.", ["Talks begin"])


def test_wrapped_lines_are_joined_and_short_paragraphs_are_not() -> None:
    wrapped = "The minister announced on Monday that the talks on the treaty\nwill begin in January, and that both delegations will include\nofficers."
    assert paragraphs(wrapped) == [wrapped.replace("\n", " ")]
    assert paragraphs("They met on Monday in the capital of the country.\nThey met on Tuesday in the capital of the country.") == [
        "They met on Monday in the capital of the country.", "They met on Tuesday in the capital of the country."]  # fmt: skip


PIECES = st.sampled_from(
    [
        "Talks begin",
        "KYIV (AP) — They met.",
        "Read more",
        "27 December 2021",
        "By Ana Sample",
        "They met.",
        "He said “no”.",
        "\n",
        "\n\n",
        " ",
        "Share",
        "MS. ROE: Yes.",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("\n".join)))
def test_every_character_is_kept_somewhere(raw: str) -> None:
    found = clean(raw)
    letters = lambda text: Counter("".join(text.split()))  # noqa: E731
    assert letters(found.text + found.title + "".join(found.removed)) == letters(normalise(raw))
