"""Who speaks: rules on invented persons, and the seed article with spans set by hand."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.aliases import fold_name, load_aliases
from analysis.config import ConfigError
from analysis.speakers import Speaker, holder_of, resolve_speakers
from analysis.transcripts import transcript_turns

SEED = Path(__file__).parents[1] / "data" / "raw" / "aa-2021-12-27-russia-us-security-talks.txt"


@dataclass(frozen=True)
class Spans:
    source: tuple[tuple[int, int], ...]
    cue: tuple[tuple[int, int], ...]
    content: tuple[tuple[int, int], ...]


def marked(template: str) -> tuple[str, list[Spans]]:
    """Read ``[s1 Roe] [c1 said] [k1 it rains]``: the text without marks, and the attributions by number; marks may nest."""
    text, stack, found = "", [], {}
    i = 0
    while i < len(template):
        if template[i] == "[" and template[i + 1] in "sck" and template[i + 2].isdigit():
            stack.append((template[i + 1], template[i + 2], len(text)))
            i = template.index(" ", i) + 1
        elif template[i] == "]":
            role, number, start = stack.pop()
            found.setdefault(number, {"s": [], "c": [], "k": []})[role].append((start, len(text)))
            i += 1
        else:
            text += template[i]
            i += 1
    return text, [Spans(*(tuple(found[n][r]) for r in "sck")) for n in sorted(found)]


def names(template: str, **options) -> list[str | None]:
    text, spans = marked(template)
    return [s.name for s in resolve_speakers(text, spans, **options)]


@pytest.mark.parametrize(
    ("template", "name", "role"),
    [
        ("[s1 Freedonian Foreign Minister Jane Roe] [c1 said] [k1 it rains].", "Jane Roe", "Freedonian Foreign Minister"),
        ("[s1 South Korean foreign minister Jane Roe] [c1 said] [k1 it rains].", "Jane Roe", "South Korean foreign minister"),
        ("[s1 Karel Novak, Freedonian presidential advisor on foreign policy issues,] [c1 said] [k1 it rains].", "Karel Novak", "Freedonian presidential advisor on foreign policy issues"),
        ("[s1 Jane Roe, a spokeswoman for the ministry,] [c1 said] [k1 it rains].", "Jane Roe", "spokeswoman for the ministry"),
        ("[s1 His campaign manager, Jane Roe,] [c1 said] [k1 it rains].", "Jane Roe", "campaign manager"),
        ("[s1 the secretary of the Security Council, Jane Roe,] [c1 said] [k1 it rains].", "Jane Roe", "secretary of the Security Council"),
        ("[s1 Freedonia’s President John Roe] [c1 said] [k1 it rains].", "John Roe", "Freedonia’s President"),
        ("[s1 President of Freedonia John Roe] [c1 said] [k1 it rains].", "John Roe", "President of Freedonia"),
        ("[s1 Head of the Office of the President John Roe] [c1 said] [k1 it rains].", "John Roe", "Head of the Office of the President"),
        ("[s1 Gen. John Roe] [c1 said] [k1 it rains].", "John Roe", "Gen."),
        ("[s1 Ms. Roe] [c1 said] [k1 it rains]. Later Jane Roe left.", "Jane Roe", None),
        ("[s1 John von der Roe] [c1 said] [k1 it rains].", "John von der Roe", None),
        ("[s1 Sean O’Roe] [c1 said] [k1 it rains].", "Sean O’Roe", None),
    ],
)  # fmt: skip
def test_full_names_keep_their_role(template: str, name: str, role: str | None) -> None:
    text, spans = marked(template)
    assert resolve_speakers(text, spans) == [Speaker(name, role, None)]


def test_a_new_clause_behind_a_name_is_no_role() -> None:
    text, spans = marked("Responding to Jane Roe, the president reaffirmed his view. [s1 Roe] [c1 said] [k1 it rains].")
    assert resolve_speakers(text, spans) == [Speaker("Jane Roe", None, None)]


def test_a_surname_is_the_full_name_seen_before_after_or_in_the_headline() -> None:
    assert names("Jane Roe came. [s1 Roe] [c1 said] [k1 it rains].") == ["Jane Roe"]
    assert names("[s1 Roe] [c1 said] [k1 it rains]. Jane Roe came.") == ["Jane Roe"]
    assert names("[s1 Quux] [c1 said] [k1 it rains].", title="Jane Quux speaks") == ["Jane Quux"]
    assert names("[s1 Quux] [c1 said] [k1 it rains].") == ["Quux"]


def test_a_given_name_stands_for_the_only_person_who_has_it() -> None:
    assert names("Jane Quux came. [s1 Jane] [c1 said] [k1 it rains].") == ["Jane Quux"]


def test_a_single_name_is_a_surname_before_it_is_a_given_name() -> None:
    assert names("Jane Taylor met Taylor Novak. [s1 Taylor] [c1 said] [k1 it rains].") == ["Jane Taylor"]


def test_the_title_chooses_between_two_persons_of_one_surname() -> None:
    text = "Jane Roe and John Roe came. [s1 Mr. Roe] [c1 said] [k1 it rains], and [s2 Ms. Roe] [c2 said] [k2 it snows]."
    assert names(text) == ["John Roe", "Jane Roe"]


def test_what_belongs_to_a_person_is_not_the_person() -> None:
    assert names("Spokesman Max Moe came. Jane Roe came. [s1 Roe’s spokesman] [c1 said] [k1 it rains].") == ["Roe’s spokesman"]
    assert names("Jane Roe came. [s1 Roe’s spokesman] [c1 said] [k1 it rains].") == ["Roe’s spokesman"]
    assert names("Jane Roe came. [s1 a spokesman for Ms. Roe] [c1 said] [k1 it rains].") == ["spokesman for Ms. Roe"]
    assert names("Jane Roe came. [s1 the Roe campaign] [c1 said] [k1 it rains].") == ["Roe campaign"]
    assert names("[s1 Jane Roe] [c1 said] [k1 it rains]. [s2 Her spokesman] [c2 agreed] [k2 it does].")[1] == "Jane Roe’s spokesman"


def test_quotes_and_possessives_are_stripped() -> None:
    assert names("Jane Roe came. [s1 Roe’s] [c1 belief] that [k1 it rains]. [s2 “Roe,”] [c2 said] [k2 so].") == ["Jane Roe", "Jane Roe"]


def test_offices_go_to_the_person_who_holds_them_and_not_to_the_nearer_one() -> None:
    text = (
        "[s1 Ruritanian Foreign Minister Jane Roe] [c1 said] [k1 it rains]. [s2 Freedonian President John Doe] [c2 said] [k2 it snows]. "
        "[s3 The top diplomat] [c3 added] [k3 it pours]. [s4 The president] [c4 replied] [k4 no]. [s5 The admiral] [c5 slept] [k5 well]."
    )
    assert names(text)[2:] == ["Jane Roe", "John Doe", "admiral"]


def test_the_top_diplomat_is_the_foreign_minister_and_no_ambassador() -> None:
    text = (
        "[s1 Foreign Minister Jane Roe] [c1 said] [k1 a]. [s2 Ambassador Max Moe] [c2 said] [k2 b]. [s3 The top diplomat] [c3 said] [k3 c]."
    )
    assert names(text)[2] == "Jane Roe"


def test_an_office_may_stand_before_the_name_of_its_holder() -> None:
    text = "It rains, [s1 Ruritania’s ambassador to Moscow] [c1 said].\n\nSpeaking on Sunday, Ruritanian Ambassador to Moscow Jane Roe spoke of rain."
    assert names(text) == ["Jane Roe"]


def test_the_country_of_an_office_must_fit() -> None:
    text = (
        "[s1 Polish President Jan Roe] [c1 said] [k1 a]. [s2 French President Luc Doe] [c2 said] [k2 b]. [s3 The Polish leader] [c3 said] [k3 c]. "
        "[s4 The Spanish leader] [c4 said] [k4 d]. [s5 NATO Secretary General Max Moe] [c5 said] [k5 e]. [s6 The NATO chief] [c6 said] [k6 f]."
    )
    assert names(text)[2:] == ["Jan Roe", "Spanish leader", "Max Moe", "Max Moe"]


def test_an_office_known_only_by_description_stays_one_speaker() -> None:
    text = "Secretary of State Jane Roe came. [s1 A senior State Department official] [c1 said] [k1 a]. [s2 The official] [c2 said] [k2 b]."
    assert names(text) == ["senior State Department official"] * 2


def test_a_pronoun_may_stand_for_somebody_without_a_name() -> None:
    assert names("John Doe came. [s1 A doctor] [c1 said] [k1 a]. [s2 He] [c2 added] [k2 b].") == ["doctor", "doctor"]


def test_a_cue_takes_the_person_beside_it_from_a_source_in_another_sentence() -> None:
    assert names("[s1 Jane Roe] left. John Doe, a doctor, [c1 said] [k1 it rains].") == ["John Doe"]
    assert names("[s1 Jane Roe] left. [k1 “It rains,”] [c1 said] John Doe.") == ["John Doe"]
    assert names("[s1 Jane Roe] left. [c1 Saying] [k1 that John Doe slept], and more.") == ["Jane Roe"]


def test_pronouns_go_to_the_last_speaker_of_that_gender() -> None:
    text = "[s1 Jane Roe] [c1 said] [k1 it rains]. [s2 John Doe] [c2 said] [k2 it snows]. [s3 She] [c3 added] [k3 so]. [s4 He] [c4 agreed] [k4 too]."
    assert names(text)[2:] == ["Jane Roe", "John Doe"]


def test_gender_is_told_by_titles_roles_and_slavic_surnames() -> None:
    for who in ("Ms. Quux", "Spokeswoman Quux", "Spokesperson Novikova"):
        assert names(f"[s1 {who}] [c1 said] [k1 a]. [s2 John Doe] [c2 said] [k2 b]. [s3 She] [c3 said] [k3 c].")[2] == who.split()[1]


def test_they_goes_to_the_last_group_or_body() -> None:
    text = "[s1 Jane Roe] [c1 said] [k1 a]. [s2 The officials] [c2 said] [k2 b]. [s3 They] [c3 added] [k3 c]."
    assert names(text)[1:] == ["officials", "officials"]


def test_first_persons_inside_a_quotation_are_the_one_who_is_quoted() -> None:
    text = "[k1 “[s2 We] [c2 believe] [k2 it rains],”] [s1 Jane Roe] [c1 said]."
    resolved = resolve_speakers(*marked(text))
    assert [s.name for s in resolved] == ["Jane Roe", "Jane Roe"]
    assert resolved[1].reported_by is None


def test_first_persons_belong_to_the_speaker_of_the_document() -> None:
    assert names("[s1 I] [c1 said] [k1 it rains].", speaker="Jane Roe") == ["Jane Roe"]
    assert names("[s1 I] [c1 said] [k1 it rains].") == [None]


def test_relative_pronouns_take_the_name_before_them() -> None:
    assert names("John Doe met Jane Roe, [s1 who] [c1 said] [k1 it rains].") == ["Jane Roe"]
    assert names("It was praised by Ruritanian officials, [s1 who] [c1 said] [k1 it rains].") == ["Ruritanian officials"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Moscow", "Moscow"),
        ("the Kremlin", "Kremlin"),
        ("The White House", "White House"),
        ("the US", "United States"),
        ("Kiev", "Kyiv"),
        ("Russia’s defence ministry", "Russian Defense Ministry"),
        ("The Ministry of Foreign Affairs of Russia", "Russian Foreign Ministry"),
        ("the Institute of Weather, a think tank,", "Institute of Weather"),
        ("sources familiar with the talks", "sources familiar with the talks"),
        ("an update from the Institute of Weather on Wednesday", "Institute of Weather"),
        ("the Weather Institute’s annual review of clouds", "Weather Institute"),
        ("local media reports", "local media"),
        ("the ministry’s report", "ministry"),
    ],
)
def test_bodies_are_kept_and_their_spellings_joined(source: str, name: str) -> None:
    assert names(f"On Monday, [s1 {source}] [c1 said] [k1 it rains].") == [name]


def test_a_report_or_a_body_without_a_name_is_the_last_body_that_spoke() -> None:
    text = "[s1 Amnesty Ruritania] [c1 said] [k1 a]. [s2 The report] [c2 added] [k2 b]. [s3 The organization] [c3 said] [k3 c]. [s4 The Freedonia-based think tank] [c4 said] [k4 d]."
    assert names(text) == ["Amnesty Ruritania"] * 4


def test_a_description_with_a_country_may_stand_before_the_name() -> None:
    text = "[s1 A senior Polish security official] [c1 said] [k1 a]. [s2 Jane Roe, secretary of the Polish Security Council,] [c2 said] [k2 b]."
    assert names(text) == ["Jane Roe", "Jane Roe"]


def test_the_ministry_takes_the_full_name_seen() -> None:
    text = "The Polish Defense Ministry met the Turkish Foreign Ministry. Later [s1 the foreign ministry] [c1 said] [k1 a]; [s2 the defense ministry] [c2 said] [k2 b]."
    assert names(text) == ["Turkish Foreign Ministry", "Polish Defense Ministry"]


def test_a_continued_quotation_keeps_its_speaker_within_one_paragraph() -> None:
    near = "[k1 “It rains,”] [s1 Jane Roe] [c1 said]. [k2 “It pours.”]"
    following = "[k1 “It rains,”] [s1 Jane Roe] [c1 said].\n\n[k2 “It pours.”]"
    far = "[k1 “It rains,”] [s1 Jane Roe] [c1 said].\n\nNothing happened.\n\n[k2 “It pours.”]"
    unquoted = "[s1 Jane Roe] [c1 said] [k1 a]. [c2 It is believed] [k2 that it pours]."
    assert [names(t)[1] for t in (near, following, far, unquoted)] == ["Jane Roe", "Jane Roe", None, None]


def test_nested_attributions_keep_holder_and_reporter() -> None:
    text, spans = marked("[s1 Jane Roe] [c1 said] [k1 [s2 Washington] [c2 claims] [k2 NATO is peaceful]].")
    assert resolve_speakers(text, spans) == [Speaker("Jane Roe", None, None), Speaker("Washington", None, "Jane Roe")]


def test_what_reaches_out_of_a_content_is_not_nested_in_it() -> None:
    text, spans = marked("[k1 [s2 Washington] [k2 is late] and it rains a lot in the hills], [s1 Jane Roe] [c1 said], [c2 it says].")
    assert resolve_speakers(text, spans)[1] == Speaker("Washington", None, None)


def test_the_innermost_content_around_a_mention_gives_the_holder() -> None:
    text, spans = marked("[s1 Jane Roe] [c1 said] [k1 [s2 Washington] [c2 claims] [k2 NATO is peaceful] but late]. It rains in NATO.")
    speakers = resolve_speakers(text, spans)
    first, last = text.index("NATO"), text.rindex("NATO")
    sentence = (0, text.index(". It") + 1)
    assert holder_of(spans, speakers, first, first + 4, sentence) == 1
    assert holder_of(spans, speakers, text.index("late"), text.index("late") + 4, sentence) == 0
    assert holder_of(spans, speakers, 0, 4, sentence) == 0, "outside any content the attribution that fills the sentence holds it"
    assert holder_of(spans, speakers, last, last + 4, (sentence[1] + 1, len(text))) is None


def test_acts_and_aims_hold_a_sentence_only_where_they_fill_it() -> None:
    text, spans = marked(
        "While [s1 Jane Roe] [c1 has pledged] [k1 to help NATO], the harvest was so bad that nobody had any bread left. [s2 Jane Roe] [c2 pledged] [k2 to help NATO]."
    )
    speakers = resolve_speakers(text, spans)
    first, second = text.index("NATO"), text.rindex("NATO")
    end = text.index(" Jane Roe pledged")
    assert holder_of(spans, speakers, first, first + 4, (0, end)) is None
    assert holder_of(spans, speakers, second, second + 4, (end + 1, len(text))) == 1
    report, found = marked("While [s1 Jane Roe] [c1 has said] [k1 NATO helps], the harvest was so bad that nobody had any bread left.")
    at = report.index("NATO")
    assert holder_of(found, resolve_speakers(report, found), at, at + 4, (0, len(report))) == 0


def test_in_a_speech_the_words_of_others_must_fill_the_sentence() -> None:
    text, spans = marked(
        "As [s1 Jane Roe] [c1 said], [k1 NATO helps], but I tell you that the harvest was so bad that nobody had any bread left."
    )
    at, whole = text.index("NATO"), (0, len(text))
    assert holder_of(spans, resolve_speakers(text, spans, speaker="John Doe"), at, at + 4, whole) is None
    assert holder_of(spans, resolve_speakers(text, spans), at, at + 4, whole) == 0


def test_aims_of_the_parties_of_a_joint_statement_are_its_own_voice() -> None:
    text, spans = marked("[s1 Ruritania and Freedonia] [c1 intend] [k1 to help NATO].")
    at, whole = text.index("NATO"), (0, len(text))
    assert holder_of(spans, resolve_speakers(text, spans, title="Joint Statement by Ruritania and Freedonia"), at, at + 4, whole) is None
    assert holder_of(spans, resolve_speakers(text, spans, title="Talks end"), at, at + 4, whole) == 0


def test_a_report_at_hand_holds_its_sentence_against_one_from_elsewhere() -> None:
    text, spans = marked("[k1 “NATO helps,”] [s2 John Doe] [c2 said]. [s1 Jane Roe] [c1 added]: [k1 “So it does.”]")
    at, whole = text.index("NATO"), (0, text.index(". Jane") + 1)
    assert holder_of(spans, resolve_speakers(text, spans), at, at + 4, whole) == 1


def test_of_two_reports_that_fill_a_sentence_alike_the_earlier_holds_it() -> None:
    text, spans = marked("[s1 Ana Roe] [c1 said] [k1 NATO helps], and [s2 Eva Doe] [c2 said] [k2 NATO fails].")
    assert holder_of(spans, resolve_speakers(text, spans), 0, len(text), (0, len(text))) == 0


def test_an_attribution_without_a_known_speaker_holds_nothing() -> None:
    text, spans = marked("[c1 It is said] [k1 that NATO helps].")
    at = text.index("NATO")
    assert holder_of(spans, resolve_speakers(text, spans), at, at + 4, (0, len(text))) is None


def test_spellings_are_joined_across_articles() -> None:
    assert {names(f"[s1 {n}] [c1 said] [k1 a].")[0] for n in ("Sergei Lavrov", "Lavrov", "Mr. Lavrov", "Sergey Lavrov")} == {
        "Sergey Lavrov"
    }
    assert {names(f"[s1 President {n}] [c1 said] [k1 a].")[0] for n in ("Zelensky", "Volodymyr Zelenskiy", "Vladimir Zelensky")} == {
        "Volodymyr Zelenskyy"
    }


def test_users_can_bring_their_own_aliases(tmp_path: Path) -> None:
    own = tmp_path / "own.yml"
    own.write_text("people: {Jane Roe: [Janey Roe, J. Roe]}\n", encoding="utf-8")
    assert names("[s1 Janey Roe] [c1 said] [k1 a].", aliases=load_aliases(own)) == ["Jane Roe"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("persons: {}", "unknown key 'persons'; valid keys are people, bodies"),
        ("people: {A Roe: [Roe], B Roe: [Roe]}", "'Roe' stands under A Roe and under B Roe"),
        ("people: {A Roe: Roe}", "A Roe: expected a list of spellings"),
        ("people: {Roe: []}\nbodies: {Roe: []}", "'roe' stands under people and under bodies"),
        ("people: [Roe]", "expected names, each with a list"),
        ("people: {'...': []}", "has no letter"),
        ("offices: {A Roe: chief}", "expected a list of offices"),
        ("- Roe", "expected the keys"),
        ("people: {", "not valid YAML"),
    ],
)
def test_a_wrong_alias_table_says_what_is_wrong(tmp_path: Path, body: str, message: str) -> None:
    path = tmp_path / "own.yml"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"own\.yml") as error:
        load_aliases(path)
    assert message in str(error.value)


def test_a_missing_alias_table_is_named() -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yml: cannot be read"):
        load_aliases("nowhere.yml")


def test_folding_drops_case_accents_articles_and_possessives() -> None:
    assert fold_name("The U.S.") == "us"
    assert fold_name("Erdoğan’s") == "erdogan"


def test_transcripts_are_cut_into_turns() -> None:
    text = "White House, noon\n\nMR. PRICE: Good day.\nIt rains.\n\nQ    Why?\n\nJANE ROE (via video): Because: clouds."
    turns = transcript_turns(text)
    assert [(text[s:e], who) for s, e, who in turns] == [
        ("Good day.\nIt rains.", "Mr. Price"),
        ("Why?", "Q"),
        ("Because: clouds.", "Jane Roe"),
    ]


def test_an_article_with_a_colon_is_no_transcript() -> None:
    assert transcript_turns("MR. PRICE: It rains.") == []
    assert transcript_turns("Three Lessons: it rains.\nIt snows.\nNOTE: it pours.") == []


def test_recurring_names_in_small_letters_are_turns() -> None:
    text = "Jane Roe: It rains.\nJohn Doe: It does.\nJane Roe: Still."
    assert [who for *_, who in transcript_turns(text)] == ["Jane Roe", "John Doe", "Jane Roe"]


def seed() -> tuple[str, list[tuple[Spans, str, str | None]]]:
    """Return the seed article and its attributions with the right speaker and reporter."""
    text = SEED.read_text(encoding="utf-8")

    def place(words: str, after: int) -> tuple[int, int]:
        start = text.index(words, after)
        return start, start + len(words)

    rows = [
        ("Diplomats, military", "Foreign Minister Lavrov", "says", "Diplomats, military officials will take part in consultations", "Sergey Lavrov"),
        ("MOSCOW (AA)", "Russia", "announced", "that talks with the US on Moscow’s demand for security guarantees will start on Jan. 9", "Russia"),
        ("Moscow is concerned", "Russian Foreign Minister Sergey Lavrov", "said in an interview", "Moscow is concerned about the terms of holding consultations and considers it unacceptable to delay the talks", "Sergey Lavrov"),
        ("Moscow is concerned", "Moscow", "is concerned about", "the terms of holding consultations", "Moscow"),
        ("Both delegations", "Lavrov", "said", "Both delegations are supposed to include representatives of diplomatic and military services", "Sergey Lavrov"),
        ("Russia reiterates", "Russia", "reiterates", "that talks without a “professional military” is senseless", "Russia"),
        ("Russia reiterates", "he", "stressed", "Russia reiterates that talks without a “professional military” is senseless", "Sergey Lavrov"),
        ("Russia reiterates", "he", "adding", "that Moscow shared this demand with Washington and is waiting a response from the US side", "Sergey Lavrov"),
        ("Last month", "Russian President Vladimir Putin", "called on", "NATO to start talks", "Vladimir Putin"),
        ("On Dec. 15", "Yury Ushakov, Russian presidential advisor on foreign policy issues", "announced", "that Russia handed the draft of its proposals to the US and NATO", "Yury Ushakov"),
        ("two days later", "the Russian Foreign Ministry", "published", "the text of the draft agreements", "Russian Foreign Ministry"),
        ("Russia holds", "Russia", "holds", "the US, one of the key NATO members, as the principal negotiator", "Russia"),
        ("The security guarantees, L", "Lavrov", "said", "will not prevent the US from violating the agreements in the future", "Sergey Lavrov"),
        ("written and legally", "he", "asserted", "written and legally binding documents will make the situation a little bit more certain", "Sergey Lavrov"),
        ("The top diplomat", "The top diplomat", "slammed", "the Western stance regarding Ukraine", "Sergey Lavrov"),
        ("The top diplomat", "The top diplomat", "pointing out", "that the Russian military stays on its own territory", "Sergey Lavrov"),
        ("“I do not rule", "he", "said", "“I do not rule out that there is a desire to fuel militaristic sentiments", "Sergey Lavrov"),
        ("I do not rule", "I", "do not rule out", "that there is a desire to fuel militaristic sentiments", "Sergey Lavrov"),
        ("Lavrov said Russia had", "Lavrov", "said", "Russia had a trustworthy relation with the West in the 1990s", "Sergey Lavrov"),
        ("For the same reason", "he", "said", "the US plans to create an organization", "Sergey Lavrov"),
        ("the US plans to", "the US", "plans", "to create an organization", "United States"),
        ("“This is a new", "he", "said", "“This is a new attempt to move the decision-making center", "Sergey Lavrov"),
    ]  # fmt: skip
    reported = {("Moscow", "is concerned about"), ("Russia", "reiterates"), ("the US", "plans")}
    found = []
    for near, source, cue, content, name in rows:
        base = text.index(near)
        said = place(content, base)
        # A pronoun is looked for where its cue stands: "he said" behind the quotation, not a "he" within "the".
        pair = next((p for p in (f"{source} {cue}", f"{cue} {source}") if text.find(p, base) >= 0), None)
        at = text.index(pair, base) if pair else base
        whole = Spans((place(source, at),), (place(cue, at),), (said,))
        found.append((whole, name, "Sergey Lavrov" if (source, cue) in reported else None))
    return text, found


def test_every_statement_of_the_seed_article_has_the_right_speaker() -> None:
    text, rows = seed()
    speakers = resolve_speakers(text, [spans for spans, *_ in rows])
    assert [(s.name, s.reported_by) for s in speakers] == [(name, reporter) for _, name, reporter in rows]
    roles = {s.name: s.role for s in speakers}
    assert roles["Sergey Lavrov"] == "Russian Foreign Minister"
    assert roles["Vladimir Putin"] == "Russian President"
    assert roles["Yury Ushakov"] == "Russian presidential advisor on foreign policy issues"


def test_the_order_of_attributions_does_not_matter() -> None:
    text, rows = seed()
    spans = [spans for spans, *_ in rows]
    assert resolve_speakers(text, spans[::-1])[::-1] == resolve_speakers(text, spans)


pieces = st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)).map(lambda p: (min(p), max(p))), max_size=2).map(tuple)


@settings(deadline=None)
@given(
    st.text(st.sampled_from("abR “”\"\n.,'’ÀMr Jane he said the US"), max_size=80),
    st.lists(st.builds(Spans, pieces, pieces, pieces), max_size=6),
)
def test_any_text_and_any_spans_give_one_speaker_each(text: str, spans: list[Spans]) -> None:
    fitting = [
        Spans(*(tuple((min(s, len(text)), min(e, len(text))) for s, e in part) for part in (a.source, a.cue, a.content))) for a in spans
    ]
    assert len(resolve_speakers(text, fitting, title=text[:20])) == len(fitting)


@settings(deadline=None)
@given(st.text(st.sampled_from("ABq .:\n-Q("), max_size=120))
def test_turns_are_in_order_and_lie_in_the_text(text: str) -> None:
    edges = [x for start, end, _ in transcript_turns(text) for x in (start, end)]
    assert edges == sorted(edges)
    assert all(0 <= x <= len(text) for x in edges)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        # a comma left out
        ("[s1 Mick Quux a former deputy minister of defense] [c1 said] [k1 it rains].", ["Mick Quux"]),
        # those who write for a body speak for it, an account for its owner
        ("[s1 FOO researchers] [c1 said] [k1 it rains].", ["FOO"]),
        ("[s1 a post from the @JaneRoe account] [c1 said] [k1 it rains].", ["Jane Roe"]),
        # the group is the body that spoke, not its report
        ("[s1 The Freedonian Rights Union] [c1 said] [k1 it rains]. [s2 The report] [c2 said] [k2 it snows]. [s3 The group] [c3 added] [k3 it hails].", ["Freedonian Rights Union"] * 3),
    ],
)  # fmt: skip
def test_sources_that_stand_for_somebody(template: str, expected: list[str]) -> None:
    assert names(template) == expected


def test_a_passive_goes_on_with_whoever_spoke_before() -> None:
    text = "[s1 Jane Roe] [c1 noted] [k1 that it rains]. [c2 It was emphasised] [k2 that the roof is thin]. {}[c3 It was reported] [k3 that it snows]."
    assert names(text.format("")) == ["Jane Roe", "Jane Roe", None]
    far = "[s1 Jane Roe] [c1 noted] [k1 that it rains]. A came. B came. C came. D came. [c2 It was emphasised] [k2 that the roof is thin]."
    assert names(far) == ["Jane Roe", None]


def fills(template: str, **options) -> list[float]:
    text, spans = marked(template)
    return [s.fills for s in resolve_speakers(text, spans, **options)]


def test_meetings_and_signatures_are_the_texts_own_account() -> None:
    assert fills(
        "[s1 Jane Roe] [c1 discussed] [k1 the roof]. [s2 She] [c2 signed] [k2 the order]. [s3 She] [c3 criticised] [k3 the roof]."
    ) == [2.0, 2.0, 0.0]


def test_some_cues_of_several_words_report_what_was_said() -> None:
    said = "[s1 Jane Roe] [c1 drew the guest's attention to] [k1 the roof]. [s2 She] [c2 gave] [k2 her assessment of the rain]. [s3 She] [c3 pledged] [k3 a new roof]."
    assert fills(said) == [0.0, 0.0, 0.8]


def test_in_a_joint_statement_the_parties_speak_as_one() -> None:
    text = "[s1 The leaders] [c1 condemned] [k1 the rain]. [s2 President Jane Roe] [c2 welcomed] [k2 the roof]."
    assert fills(text, title="Joint Statement by President Roe and Prime Minister Quux") == [2.0, 0.8]
    assert fills(text) == [0.0, 0.8]


def test_in_a_speech_unnamed_groups_hold_nothing() -> None:
    text = "[s1 Many people] [c1 believe] [k1 that it rains]. [s2 Jane Roe] [c2 said] [k2 that it snows]."
    assert fills(text, speaker="John Quux") == [2.0, 0.6]
