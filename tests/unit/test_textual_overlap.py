"""The registered reading of both papers, and faults in such a table."""

from pathlib import Path

import pandas as pd
import pytest

import compare_texts
from emotion_vectors import claims, readme, textual_overlap
from emotion_vectors.provenance import Run
from emotion_vectors.textual_overlap import OverlapError, Topic

REGISTERED = Path(__file__).resolve().parents[2] / "workflow/claims/textual_overlap.tsv"
HEAD = "topic\temotion_circuits\temotion_vectors\tverdict\tsources"


def write(folder, *lines):
    file = folder / "overlap.tsv"
    file.write_text("\n".join([HEAD, *lines]) + "\n")
    return file


def test_every_topic_of_the_registered_reading_has_one_verdict():
    topics = textual_overlap.load(REGISTERED)
    found = textual_overlap.by_verdict(topics)
    assert sum(map(len, found.values())) == len(topics) > 30
    assert textual_overlap.shared_count(topics) == len(found["same"]) + len(found["similar"])


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
        textual_overlap.load(write(tmp_path, *lines))


def test_other_columns_are_refused(tmp_path):
    file = tmp_path / "overlap.tsv"
    file.write_text("topic\tverdict\n")
    with pytest.raises(OverlapError, match="columns topic, verdict; they must be"):
        textual_overlap.load(file)


def test_the_readme_lists_topics_by_verdict():
    topics = [Topic("Dose", "a", "b", "different", "c"), Topic("Linear *directions*", "a", "b", "same", "c")]
    assert readme.overlap_table(topics).splitlines()[2:] == [
        "| same | 1 | linear \\*directions\\* |",
        "| different | 1 | dose |",
    ]


def test_a_reading_is_not_testable():
    row = claims.untested("O07", "same or similar", "a reading of texts")
    part = {"prediction": "positive", "at_least": 0, "smallest_effect": 0.05, "null_percentile": 95}
    assert claims.judge_part(part, row).verdict == claims.NOT_TESTABLE


def test_the_step_writes_the_counts_where_an_estimate_would_stand(tmp_path):
    compare_texts.main(str(REGISTERED), str(tmp_path / "texts.parquet"), run=Run(rule="test", config_sha256="0"))
    row = claims.unmark(pd.read_parquet(tmp_path / "texts.parquet")).iloc[0]
    assert (row["claim"], row["part"]) == ("O07", "same or similar")
    assert f"of {len(textual_overlap.load(REGISTERED))} steps and findings" in row["guard"]
