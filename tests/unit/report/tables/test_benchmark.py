"""The table of the engine prints every ratio beside its limit, what is decoded, and other libraries or why they are not there."""

from emotion_vectors.benchmarks import extraction, heads, sweep
from emotion_vectors.report.tables.benchmark import RATIOS, benchmark_table

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
