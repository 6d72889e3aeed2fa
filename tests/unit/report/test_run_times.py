"""Run times are read from benchmarks: each job once, and only those of the study."""

import pytest

from emotion_vectors.report import run_times
from emotion_vectors.report.tables import measurements

MODEL, OTHER = "small-model", "other_model"


def test_run_times_count_each_job_once_and_only_those_of_the_study(tmp_path):
    for name, line in {
        "read_lens/small-model": '{"s": 10.0, "max_rss": 1024}',
        "read_lens/small-model-2": '{"s": 99.0, "max_rss": 1024}',
        "shuffle/small-model_all": '{"s": 70.4, "cpu_time": 65.2, "max_rss": 2048}',
        "capture/small-model/reinitialised": '{"s": 1.0, "max_rss": null}',
        "check_stimuli": '{"s": 1.0, "max_rss": 512}',
        "typeset_paper": '{"s": 1.0, "max_rss": 512}',
    }.items():
        file = tmp_path / f"{name}.jsonl"
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(line + "\n")
    study = run_times.record(run_times.read_run_times([tmp_path, tmp_path], [MODEL]))
    rows = run_times.longest_steps(study, longest=2)
    assert rows[0] == ["shuffle", "1", "1 min 10 s", "1 min 05 s"]
    assert rows[1][:2] == ["read_lens", "1"]
    assert rows[2] == ["2 shorter steps", "2", "2 s", "0 s"]
    assert rows[3] == ["all steps", "4", "1 min 22 s", "1 min 05 s"]
    machine = {"cpu": "a processor", "cores": 2, "memory_bytes": 2**33}
    table = measurements.run_times_table({**study, "machine": machine}, 2)
    assert r"\texttt{shuffle} & 1 & 1 min 10 s & 1 min 05 s" in table
    assert "Machine: a processor, 2 cores, 8.0 GiB." in table
    published = {"taken": {"commit": "0123456789", "machine": {"cpu": "another", "cores": 4}}}
    said = measurements.published_times({**study, "published": published})
    assert " Times of taken are those of the run that published its results (commit 0123456, another, 4 cores)" in said


def test_a_card_names_the_commit_whose_results_were_published():
    card = dict.fromkeys(
        ("parameters", "shape", "licence", "dtype", "template", "tier", "file", "sha256", "source"), "-"
    )
    cards = [{**card, "name": "run"}, {**card, "name": "taken", "published_commit": "0123456789+changes"}]
    said = "Not run for this paper: published results of commit 0123456 with local changes."
    assert measurements.model_table(cards, "encoder").count(said) == 1


def test_a_file_that_is_no_benchmark_is_named(tmp_path):
    (tmp_path / "step.jsonl").write_text("\n")
    with pytest.raises(ValueError, match=r"step\.jsonl.*run the step again"):
        run_times.read_run_times([tmp_path], [])
