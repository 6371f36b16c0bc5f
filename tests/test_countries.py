import pandas as pd
import pytest

from analysis.countries import country_of_phrase, speaker_country


@pytest.mark.parametrize(
    ("phrase", "country"),
    [
        ("Polish foreign minister", "Poland"),
        ("president of Belarus", "Belarus"),
        ("Russian ambassador to Germany", "Russia"),
        ("US special envoy for Ukraine", "United States"),
        ("ambassador to Germany", None),
        ("envoy for Ukraine", None),
        ("spokeswoman for the Polish government", "Poland"),
        ("adviser to the Ukrainian president", "Ukraine"),
        ("aide to the French ambassador to Russia", "France"),
        ("NATO secretary-general", "NATO"),
        ("European Commission vice-president", "European Union"),
        ("UN coordinator", "United Nations"),
        ("official in Kyiv", None),
        ("US and Russian presidents", None),
        ("US-Russian commission", None),
        ("Russian-installed governor", None),
        ("pro-Russian separatist leader", None),
        ("London-based broker", None),
        ("Latin American leader", None),
        ("New Mexico senator", None),
        ("Northern Ireland secretary", None),
        ("governor of Georgia", None),
        ("Georgia senator", None),
        ("Georgian president", "Georgia"),
        ("opposition alliance leader", None),
        ("US allies", None),
        ("Kremlin critic", None),
        ("Ukrainian officials and the West", None),
        ("Russia analyst", None),
        ("Moscow correspondent", None),
        ("Russian political scientist", "Russia"),
        ("mayor", None),
    ],
)
def test_an_office_or_body_speaks_for_one_country_or_none(phrase, country):
    assert country_of_phrase(phrase) == country


def of(*pairs):
    return list(speaker_country(pd.Series([who for who, _ in pairs]), pd.Series([what for _, what in pairs], dtype="object")))


def test_bodies_are_told_by_their_name():
    assert of(("Kremlin", None), ("White House", None), ("Ukrainian officials", None), ("US Treasury", None), ("Example Bank", None)) == [
        "Russia",
        "United States",
        "Ukraine",
        "United States",
        None,
    ]


def test_names_of_persons_are_no_countries():
    # Un is a syllable here, London and Paris are a surname and a first name
    assert of(("Jack London", None), ("Paris Example", None), ("Kim Example Un", "envoy"), ("Paris Example", "actress")) == [None] * 4


def test_known_persons_are_told_by_their_office():
    assert of(("Jens Stoltenberg", None), ("Sergey Lavrov", "minister in Paris")) == ["NATO", "Russia"]


def test_what_one_row_tells_holds_for_all_rows_of_a_speaker():
    assert of(("Ana Petrov", "envoy"), ("Ana Petrov", "Belarusian envoy"), ("Ana Petrov", None), ("Bo Lindqvist", None)) == [
        "Belarus",
        "Belarus",
        "Belarus",
        None,
    ]


def test_namesakes_keep_their_own():
    assert of(("Ana Petrov", "Belarusian envoy"), ("Ana Petrov", "Polish envoy"), ("Ana Petrov", None)) == ["Belarus", "Poland", None]


def test_nulls_and_index_are_kept():
    found = speaker_country(pd.Series([None, "Kremlin"], index=[7, 3]), pd.Series([None, None], index=[7, 3], dtype="object"))
    assert list(found.index) == [7, 3]
    assert found[7] is None and found[3] == "Russia"
    assert speaker_country(pd.Series([], dtype="string"), pd.Series([], dtype="string")).empty
