"""Run times of a study are written with its machine, tier and precision."""

import os

from emotion_vectors.artefacts import files, machine
from steps.benchmarks import record_run_times


def test_jobs_of_the_study_are_counted_once_with_the_machine_that_ran_them(tmp_path):
    jobs = {"capture/one": (60.0, 100.0, 1060.0), "capture/another": (30.0, 40.0, 1090.0), "fit": (30.0, 20.0, 1120.0)}
    for name, (seconds, processor, ended) in jobs.items():
        file = tmp_path / f"benchmarks/{name}.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'{{"s": {seconds}, "cpu_time": {processor}, "max_rss": 512}}\n')
        os.utime(file, (ended, ended))
    told = tmp_path / "told.json"
    earlier = {"wall_seconds": 7.0, "processor_seconds": 9.0, "jobs": 1}
    measured_on = {"machine": {"cpu": "another", "cores": 8}, "precision": "bfloat16"}
    content = {"model": "taken", "origin": {"commit": "abc"}, "steps": {"capture": earlier, "old": earlier}}
    files.write_json(content | {"measured_on": measured_on}, told)
    record_run_times.main(
        [told],
        tmp_path / "times.json",
        tier="quick",
        models=["one"],
        benchmark_folders=[str(tmp_path / "benchmarks")] * 2,
        precision="float32",
    )
    study = files.read_json(tmp_path / "times.json")
    assert (study["tier"], study["precision"]) == ("quick", "float32")
    assert study["machine"]["cores"] == machine.cores() > 0
    assert study["machine"]["memory_bytes"] > 2**20
    models = {name: list(by_model) for name, by_model in study["steps"].items()}
    assert models == {"capture": ["one", "taken"], "fit": ["study"], "old": ["taken"]}
    assert study["steps"]["capture"]["taken"] == earlier
    assert study["published"] == {"taken": {"commit": "abc", **measured_on}}
    assert study["steps"]["capture"]["one"] == {"jobs": 1, "wall_seconds": 60.0, "processor_seconds": 100.0}
    assert (study["wall_seconds"], study["elapsed_minutes"]) == (90.0, 2.0)
    assert study["ended"] == "1970-01-01T00:18:40+00:00"  # 1120 seconds after the beginning of that year
