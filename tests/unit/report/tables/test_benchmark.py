"""The table of the engine prints every ratio beside its limit, what is decoded, and other libraries or why they are not there; that of
costs every model that a study can run, and whether its times were measured."""

from pathlib import Path

from emotion_vectors.benchmarks import extraction, heads, sweep
from emotion_vectors.report.tables.benchmark import RATIOS, benchmark_table, cost_table
from emotion_vectors.weights.table import ModelRow, read_models

MEASURED = {
    "ratios": {key: 1.5 + index for index, key in enumerate(RATIOS)},
    "ceilings": {key: 20.25 + index for index, key in enumerate(RATIOS)},
    "tokens_per_cpu_second": {"1": 19.2, "96": 252.7},
    "peers": {"nnsight": {"version": "0.8.1", "sweep_vs_peer": 9.125}},
    "sizes": {"model": "tiny_model", "texts": 16, "repetitions": 3},
    "machine": {"cpu": "Some Processor", "cores": 2, "memory_bytes": 2**33, "threads": 2},
    "precision": "bfloat16",
}


def test_every_ratio_that_is_measured_is_printed():
    assert set(RATIOS) == extraction.READING_RATIOS.keys() | sweep.SWEEP_RATIOS.keys() | heads.HEAD_RATIOS.keys()


def test_ratios_stand_beside_their_limits_and_what_sets_them():
    table = benchmark_table(MEASURED)
    for index, (what, set_by) in enumerate(RATIOS.values()):
        assert f"{what} & {1.5 + index:.2f} & {20.25 + index:.2f} & {set_by} " in table.replace("\\", "")
    assert "Both sides in bfloat16" in table
    assert r"On tiny\_model: 16 stories" in table


def test_decoding_and_other_libraries_have_rows():
    table = benchmark_table(MEASURED)
    assert r"Tokens decoded a processor-second, 1 reply & 19 &  &  \\" in table
    assert r"Tokens decoded a processor-second, 96 replies side by side & 253 &  &  \\" in table
    assert r"Steering sweep over nnsight 0.8.1, conditions/s & 9.12 &  &  \\" in table


def test_a_library_that_is_not_installed_is_said_to_be_absent():
    table = benchmark_table({**MEASURED, "peers": {"nnsight": {"skipped": "nnsight is not installed"}}})
    assert r"Steering sweep over nnsight, conditions/s & not installed &  &  \\" in table


def test_a_ratio_of_an_older_measurement_is_said_to_be_missing():
    older = {"ratios": {"sweep_vs_kv_loop": 2.75}}
    assert "2.75 & not yet measured" in benchmark_table(older)
    assert benchmark_table(older).count("not yet measured") == 2 * len(RATIOS) - 1


def test_where_nothing_was_timed_that_is_said():
    assert benchmark_table({}) == "The engine was not timed in this study."


RAN = "smollm2-135m-instruct"
STUDY = {
    "elapsed_minutes": 60.0,
    "wall_seconds": 7200.0,
    "steps": {
        "capture_stories": {RAN: {"jobs": 2, "wall_seconds": 3600.0, "processor_seconds": 2700.0}},
        "cluster_vectors": {RAN: {"jobs": 1, "wall_seconds": 1800.0, "processor_seconds": 1800.0}},
        "check_stimuli": {"study": {"jobs": 1, "wall_seconds": 1800.0, "processor_seconds": 900.0}},
    },
}
TIMED = {
    "sizes": {"model": RAN},
    "tokens_per_second": {"bare_forward": 800.0},
    "machine": {"device": "cpu", "threads": 2},
}


def table_of_models() -> dict[str, ModelRow]:
    """The rows of the project, one of which the study above ran on."""
    return read_models(Path("workflow/models.tsv"))


def test_a_model_that_was_measured_and_one_that_was_not_are_told_apart():
    table = cost_table(STUDY, TIMED, table_of_models())
    assert rf"{RAN} & quick & 135 M & 0.5 & 7.1 & 0.75 & 0.50 & 0.75 &  & measured \\" in table
    # 494 of 135 million: 2.74 hours of its model steps, the others as they were, and (3.66 * 3,600 + 1,800) / 7,200 of an hour.
    large = r"qwen2.5-coder-0.5b-instruct & default & 494 M & 2.0 & 10.0 & 2.74 & 0.50 & 2.08 &  & from 135 M \\"
    assert large in table
    assert "Jobs of no model took 0.25 processor hours" in table


def test_hours_of_an_accelerator_are_said_to_be_assumed_and_stand_in_rows_that_are_meant_for_one():
    table = cost_table(STUDY, TIMED, table_of_models())
    # 2,700 s of 400 tokens; two operations for each of 8.191e9 parameters; a fifth of 312e12 a second: 0.079 hours.
    assert "& 0.079 & from 135 M" in next(line for line in table.splitlines() if line.startswith("qwen3-8b "))
    assert r"assumed, not measured: its operations at 20\% of the 312" in table
    unknown = cost_table(STUDY, {}, table_of_models())
    assert "not timed & from 135 M" in next(line for line in unknown.splitlines() if line.startswith("qwen3-8b "))
    assert "assumed" not in unknown


def test_every_model_that_a_study_can_run_has_a_row_and_organisms_have_none():
    table = cost_table(STUDY, TIMED, table_of_models())
    for name, row in table_of_models().items():
        assert (f"{name} & {row.tier} &" in table) == (row.tier != "organism")


def test_where_no_step_has_a_recorded_time_every_row_says_so():
    table = cost_table({**STUDY, "steps": {}}, TIMED, table_of_models())
    shown = [row for row in table_of_models().values() if row.tier != "organism"]
    assert table.count("&  &  &  &  & not yet measured") == len(shown)
