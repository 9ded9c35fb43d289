"""Lesson files and settings, mutated and made up: a lesson or a config, or a message."""

import pytest
from hostile_files import mutations
from hostile_outcome import MB, check_message, levels, outcomes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aeviz.config import RunConfig
from aeviz.errors import ConfigError, LessonError
from aeviz.lessons.parsing import parse_lesson
from aeviz.paths import PROJECT_ROOT

LESSONS = sorted((PROJECT_ROOT / "aeviz" / "lessons" / "shipped").glob("*.yaml"))
LESSON = """
title: A lesson
minutes: 5
summary: What it is about.
steps:
  - text: Look at the map.
    view: /explore?model=vae-2d
    question: {ask: How many, answer: 3, tolerance: 1}
"""
ODD = (
    "!!timestamp soon", "!!int ''", "!!float ''", "!!bool perhaps", "!!binary é", "!!set [1]", "!!omap {a: 1}",
    "!!null x", "!!python/object/apply:os.mkdir [evil]", "!!pairs [1]", "!!str [1]", "!!int [1]", "!!merge x",
    "&a [*a]", "{<<: 1}", "{? [1] : 2}", "=", "2001-99-99", "0x", "0b", "0o9", "1:60:99", "[" * 500, "{a: " * 500,
    "- " * 500, ".nan", ".inf", "9" * 400, "9" * 5000, '"\\ud800"', "|\n", "%YAML 9.9\n---\n1", "--- 1\n--- 2",
    "\0", "\ufeff1", "'",
)  # fmt: skip
"""YAML that a loader may stumble over."""


@levels("lesson")
def test_lesson_files(tmp_path, count):
    assert LESSONS
    each = count // len(LESSONS) + 1
    contents = [
        found for seed, path in enumerate(LESSONS) for found in mutations(path.read_bytes(), seed, each, is_text=True)
    ][:count]
    results, messages = outcomes(contents, parse_lesson, tmp_path, errors=LessonError, cap=128 * MB)
    assert messages > results


@pytest.mark.parametrize("place", ["A lesson", "5", "3", "[1]"])
def test_odd_yaml_in_a_lesson(tmp_path, place):
    whole = LESSON if place in LESSON else f"{LESSON}sources: {place}\n"
    contents = [whole.replace(place, odd, 1).encode("utf-8", "surrogatepass") for odd in ODD]
    outcomes(contents, parse_lesson, tmp_path, errors=LessonError, cap=128 * MB)
    outcomes(
        [odd.encode("utf-8", "surrogatepass") for odd in ODD], parse_lesson, tmp_path, errors=LessonError, cap=MB << 7
    )
    assert not (tmp_path / "evil").exists()


def test_lesson_as_this_test_has_it_is_read():
    assert parse_lesson(LESSON).steps[0].question.answer == 3


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**20), 2**63])
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["mlp", "gaussian", "adam", "mnist", "../../etc", "folder:/", "auto"])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
GROUPS = {group: list(fields) for group, fields in RunConfig().to_dict().items() if isinstance(fields, dict)}


@st.composite
def configs(draw):
    """A config whose groups have some of their fields set to any value."""
    values = RunConfig().to_dict()
    for _ in range(draw(st.integers(1, 4))):
        group = draw(st.sampled_from(sorted(GROUPS)))
        values[group][draw(st.sampled_from(GROUPS[group]))] = draw(VALUES)
    if draw(st.booleans()):
        values[draw(st.sampled_from([*values, "other"]))] = draw(VALUES)
    return values


def quiet(count):
    return settings(max_examples=count, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def config_or_message(read):
    try:
        assert isinstance(read(), RunConfig)
    except ConfigError as error:
        check_message(error)


@quiet(60)
@given(configs())
def test_configs(values):
    config_or_message(lambda: RunConfig.from_dict(values))
    config_or_message(lambda: RunConfig.normalised(values))


@quiet(40)
@given(st.lists(st.tuples(st.sampled_from(sorted(RunConfig().settings())), st.text(max_size=20)), max_size=3))
def test_settings_of_the_command_line(pairs):
    config_or_message(lambda: RunConfig().with_settings([f"{key}={text}" for key, text in pairs], normalise=True))


@pytest.mark.slow
@quiet(400)
@given(configs(), VALUES)
def test_many_configs(values, other):
    config_or_message(lambda: RunConfig.from_dict(values))
    config_or_message(lambda: RunConfig.normalised(values))
    config_or_message(lambda: RunConfig.from_dict(other))
