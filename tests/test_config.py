"""One YAML file becomes one frozen object; what is wrong is named."""

import dataclasses

import pytest

from analysis.config import ConfigError, Target, load_config


@pytest.fixture
def load(tmp_path):
    def write(text):
        path = tmp_path / "mine.yml"
        path.write_text(text, encoding="utf-8")
        return load_config(path)

    return write


def test_defaults_have_the_four_targets():
    config = load_config()
    assert [t.name for t in config.targets] == ["US", "NATO", "Ukraine", "West"]
    assert config.targets[3].stands_for == ("US", "NATO")
    assert config.indirect is False


def test_what_a_file_leaves_out_keeps_its_default(load):
    config, default = load("summary:\n  min_articles: 9\nindirect: true\n"), load_config()
    assert config.summary == dataclasses.replace(default.summary, min_articles=9)
    assert config == dataclasses.replace(default, indirect=True, summary=config.summary)


@pytest.mark.parametrize("text", ["", "summary:\nstance:\n", "# all commented out\n"])
def test_nothing_given_is_the_default(load, text):
    assert load(text) == load_config()


def test_targets_are_taken_as_a_whole(load):
    assert load("targets:\n  UN:\n    names: [UN, United Nations]\n").targets == (Target("UN", ("UN", "United Nations")),)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("colour: red", ["unknown key 'colour'", "targets, indirect, from_context, reading, statements, stance, summary, report"]),
        ("stance: {modell: x}", ["stance: unknown key 'modell'", "model, revision, kind"]),
        ("targets: {UN: {names: [UN], alias: [x]}}", ["targets.UN: unknown key 'alias'", "metonyms"]),
        ("targets: {UN: {exclude: [x]}}", ["targets.UN: no names"]),
        ("targets: {UN: {names: []}}", ["targets.UN: no names"]),
        ("targets: {UN: {names: [UN, ' ']}}", ["targets.UN.names: a blank entry"]),
        ("targets: {UN: {names: UN}}", ["targets.UN: names: expected a list, found 'UN'"]),
        ("targets: {Norway: {names: [NO]}}", ["names: expected text (put it in quotes), found False"]),
        ("targets: {UN: }", ["targets.UN: expected keys and values"]),
        ("targets: []", ["targets: expected at least one target"]),
        ("targets: {UN: {names: [UN], stands_for: [EU]}}", ["unknown target 'EU'", "the targets are UN"]),
        ("indirect: 1", ["indirect: expected true or false, found 1"]),
        ("summary: {min_articles: 5.5}", ["summary: min_articles: expected a whole number, found 5.5"]),
        ("summary: {min_articles: true}", ["expected a whole number, found True"]),
        ("summary: {min_articles: 0}", ["summary.min_articles is 0; it must be 1 or more"]),
        ("summary: {level: high}", ["level: expected a number, found 'high'"]),
        ("summary: {level: 1}", ["summary.level is 1.0; it must be between 0 and 1"]),
        ("summary: {by: [target]}", ["by: expected a list, found 'target'"]),
        ("summary: {period: decade}", ["'decade'", "day, week, month, quarter, year"]),
        ("summary: {resamples: 99}", ["100 or more"]),
        ("reading: {near_duplicate: 0}", ["reading.near_duplicate is 0.0"]),
        ("reading: {columns: [text]}", ["columns: expected keys and values"]),
        ("statements: {context: -1}", ["statements.context is -1"]),
        ("report: {words: -1}", ["report.words is -1; it must be 0 or more, or null for all"]),
        ("report: {words: all}", ["report: words: expected a whole number, found 'all'"]),
        ("stance: {kind: sentiment}", ["nli or target"]),
        ("- a\n- b", ["expected keys such as targets and stance, found list"]),
        ("targets: [", ["not valid YAML"]),
    ],
)
def test_errors_say_where_and_what(load, text, parts):
    with pytest.raises(ConfigError) as error:
        load(text)
    assert "mine.yml" in str(error.value)
    assert "\n" not in str(error.value)
    for part in parts:
        assert part in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"gone\.yml: cannot be read: No such file"):
        load_config(tmp_path / "gone.yml")


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "b.yml").write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(ConfigError, match="not valid YAML"):
        load_config(tmp_path / "b.yml")


def test_a_whole_number_will_do_for_a_number_and_null_for_a_revision(load):
    config = load("reading: {near_duplicate: 1, columns: {text: 5}}\nstance: {revision: null}\n")
    assert repr(config.reading.near_duplicate) == "1.0"
    assert config.reading.columns == {"text": "5"}
    assert config.stance.revision is None


def test_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_config().indirect = True


def test_as_dict_gives_plain_values():
    plain = load_config().as_dict()
    assert plain["stance"] == {"model": "default", "revision": None, "kind": "nli"}
    assert plain["targets"][1]["name"] == "NATO"
