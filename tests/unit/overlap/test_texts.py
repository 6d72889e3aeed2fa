"""The registered reading of both papers, and faults in such a table."""

from pathlib import Path

import pandas as pd
import pytest

from emotion_vectors.claims import evidence as evidence_rows
from emotion_vectors.claims import judging
from emotion_vectors.overlap import texts
from emotion_vectors.overlap.texts import OverlapError, Topic
from emotion_vectors.report import claim_pages
from emotion_vectors.statistics.resampling import Draws
from steps.overlap import compare_texts

REGISTERED = Path(__file__).resolve().parents[3] / "workflow/claims/textual_overlap.tsv"
SECOND = REGISTERED.with_name("textual_overlap_second.tsv")
HEAD = "topic\temotion_circuits\temotion_vectors\tverdict\tsources"


def write(folder, *lines):
    file = folder / "overlap.tsv"
    file.write_text("\n".join([HEAD, *lines]) + "\n")
    return file


def test_every_topic_of_the_registered_reading_has_one_verdict():
    topics = texts.load(REGISTERED)
    found = texts.by_verdict(topics)
    assert sum(map(len, found.values())) == len(topics) > 30
    assert texts.shared_count(topics) == len(found["same"]) + len(found["similar"])


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["Dose\tone\tother\tequal\tsection 1"], "verdict 'equal' is none of"),
        (["Dose\tone\tother\tsame"], "line 2: 5 filled cells"),
        (["Dose\tone\t \tsame\tsection 1"], "line 2: 5 filled cells"),
        (["Dose\ta\tb\tsame\tc", "Dose\ta\tb\tsimilar\tc"], "topic 'Dose' occurs twice"),
    ],
)
def test_faults_name_the_line_and_the_remedy(tmp_path, lines, message):
    with pytest.raises(OverlapError, match=message):
        texts.load(write(tmp_path, *lines))


def test_other_columns_are_refused(tmp_path):
    file = tmp_path / "overlap.tsv"
    file.write_text("topic\tverdict\n")
    with pytest.raises(OverlapError, match="columns topic, verdict; they must be"):
        texts.load(file)


def test_the_readme_lists_topics_by_verdict():
    topics = [Topic("Dose", "a", "b", "different", "c"), Topic("Linear *directions*", "a", "b", "same", "c")]
    assert claim_pages.overlap_table(topics).splitlines()[2:] == [
        "| same | 1 | linear \\*directions\\* |",
        "| different | 1 | dose |",
    ]


def test_a_reading_is_not_testable():
    row = evidence_rows.untested_row("O07", "same or similar", "a reading of texts")
    part = {"prediction": "positive", "at_least": 0, "smallest_effect": 0.05, "null_percentile": 95}
    assert judging.judge_part(part, row).verdict == judging.NOT_TESTABLE


def test_the_step_writes_the_counts_where_an_estimate_would_stand(tmp_path):
    output = tmp_path / "texts.parquet"
    compare_texts.main(REGISTERED, SECOND, output, bootstraps=100, shuffles=100, seed=1)
    row, agreed = (row for _, row in evidence_rows.unmark(pd.read_parquet(output)).iterrows())
    assert (agreed["claim"], agreed["part"], agreed["n"]) == ("O07b", "agreement of two readings", 38)
    assert agreed["estimate"] > agreed["low"] > agreed["null_95"]
    assert (row["claim"], row["part"]) == ("O07", "same or similar")
    assert f"of {len(texts.load(REGISTERED))} steps and findings" in row["guard"]


def test_the_second_reading_is_of_the_same_topics(tmp_path):
    topics = texts.load(REGISTERED)
    lines = SECOND.read_text().splitlines()
    other = tmp_path / "second.tsv"
    for changed in ([*lines[:-1]], [lines[0], lines[2], lines[1], *lines[3:]]):
        other.write_text("\n".join(changed) + "\n")
        with pytest.raises(OverlapError, match="not those of the first reading"):
            texts.load_second(other, topics)
    other.write_text("\n".join([lines[0], f"{topics[0].topic}\tequal", *lines[2:]]) + "\n")
    with pytest.raises(OverlapError, match="line 2: verdict 'equal' is none of"):
        texts.load_second(other, topics)


def test_agreement_is_one_for_the_same_reading_and_nothing_for_a_permuted_one():
    draws, reading = Draws(100, 200, 1), ["same", "different", "vectors only", "similar"] * 10
    assert texts.agreement_of_readings(reading, reading, draws).estimate == pytest.approx(1)
    moved = texts.agreement_of_readings(reading, reading[1:] + reading[:1], draws)
    assert moved.estimate == pytest.approx(-1 / 3)
    assert moved.null_percentile < 50
    assert "apart on 1 (Dose: same, similar)" in texts.apart_in_words(
        [Topic("Dose", "a", "b", "same", "c")], ["similar"]
    )
