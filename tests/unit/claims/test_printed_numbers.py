"""Texts with numbers in them: what counts as a number, what may differ and by how much."""

import pytest

from emotion_vectors.claims.printed_numbers import contrasts, numbers_in, words_of

GATE = "blackmail, generation: mirrored replies told apart, share 0.49 [0.37, 0.60] of n = 72, must be at least 0.75"


def measured(text):
    return [number.value for number in numbers_in(text) if number.measured]


@pytest.mark.parametrize(
    ("text", "numbers", "words"),
    [
        (
            GATE,
            [0.49, 0.37, 0.60],
            "blackmail, generation: mirrored replies told apart, share # [#, #] of n = #, must be at least #",
        ),
        ("median rank 1,117 of 49,152", [1117.0], "median rank # of #"),
        ("best component PC4, |r| 0.58", [0.58], "best component PC4, |r| #"),
        ("others -0.55 to −0.06", [-0.55, -0.06], "others # to #"),
        (
            "named +0.018 [0.011, 0.025] (null 95 %: 0.023)",
            [0.018, 0.011, 0.025, 0.023],
            "named # [#, #] (null # %: #)",
        ),
        ("95th percentile of its null 0.12", [0.12], "95th percentile of its null #"),
        ("0.0-0.2, 0.2-0.4; correlate 1.000", [1.0], "0.0-0.2, 0.2-0.4; correlate #"),
        ("all 270 heads; vectors at strength 0.1: 3 of 6", [3.0], "all # heads; vectors at strength #: # of #"),
        (
            "share 0.00 [0.00, 0.00] of n = 12, must be 0.05 to 0.95; next, share 0.08",
            [0, 0, 0, 0.08],
            "share # [#, #] of n = #, must be # to #; next, share #",
        ),
        ("no emotion label enters this claim", [], "no emotion label enters this claim"),
    ],
)
def test_a_text_is_split_into_words_and_measured_numbers(text, numbers, words):
    assert measured(text) == pytest.approx(numbers)
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("expected", "near", "far"),
    [
        ("word counts 0.81", "word counts 0.83", "word counts 0.84"),
        ("uncorrected percentile 38.2", "uncorrected percentile 39.2", "uncorrected percentile 39.4"),
        ("percentile 39 in the null", "percentile 41 in the null", "percentile 42 in the null"),
        ("rank 1,117 of 49,152", "rank 1,128 of 49,152", "rank 1,129 of 49,152"),
        ("place 3 of 15 pairs", "place 4 of 15 pairs", "place 5 of 15 pairs"),
        ("ratio −0.01", "ratio 0.01", "ratio 0.02"),
        ("chance (0.0064)", "chance (0.0066)", "chance (0.0067)"),
    ],
)
def test_elsewhere_two_units_of_the_last_decimal_are_allowed_and_no_more(expected, near, far):
    assert not list(contrasts(expected, near, same_processor=False))
    (contrast,) = contrasts(expected, far, same_processor=False)
    assert (contrast.expected, contrast.other) == (expected[: len(contrast.expected)], far[: len(contrast.other)])
    assert contrast.tolerance is not None


def test_on_the_processor_of_the_reference_one_unit_is_allowed():
    assert not list(contrasts("word counts 0.81", "word counts 0.82", same_processor=True))
    (contrast,) = contrasts("word counts 0.81", "word counts 0.83", same_processor=True)
    assert contrast.tolerance == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("expected", "other"),
    [
        (GATE, GATE.replace("0.75", "0.76")),
        (GATE, GATE.replace("72", "73")),
        ("place 3 of 15 pairs", "place 3 of 16 pairs"),
        ("null 95 %: 0.03", "null 96 %: 0.03"),
        ("vectors at strength 0.1: 0.05", "vectors at strength 0.2: 0.05"),
        ("all 270 heads", "all 271 heads"),
    ],
)
def test_what_was_laid_down_must_be_equal(expected, other):
    (contrast,) = contrasts(expected, other, same_processor=False)
    assert contrast.tolerance == 0.0


@pytest.mark.parametrize(
    ("expected", "other"),
    [
        (GATE, "sandbox broken"),
        (GATE, GATE.replace("blackmail", "hacking")),
        (GATE, f"{GATE}; and another"),
        ("best component PC4, |r| 0.58", "best component PC5, |r| 0.58"),
        ("bands 0.0-0.2", "bands 0.0-0.4"),
        ("word counts 0.81", ""),
        ("", "all false 99999"),
    ],
)
def test_other_words_are_shown_whole(expected, other):
    (contrast,) = contrasts(expected, other, same_processor=False)
    assert (contrast.expected, contrast.other, contrast.tolerance) == (expected, other, None)
