"""What jobs ask for: enough for the weights, more for larger models and later attempts, a GPU only where a model runs on one."""

import pytest

from emotion_vectors.artefacts.resources import BYTES, ENCODER, KINDS, NO_MODEL, Size, resources, threads

SMALL, LARGE = Size(135, BYTES["float32"]), Size(7616, BYTES["bfloat16"])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cores", [1, 2, 3, 16, 128])
def test_threads_are_a_share_of_the_cores_and_never_none(kind, cores):
    assert 1 <= threads(kind, cores) <= cores


def test_two_model_steps_fit_beside_each_other_and_a_benchmark_does_not():
    assert [threads("model", cores) for cores in (1, 2, 3, 16)] == [1, 1, 1, 8]
    assert [threads("benchmark", cores) for cores in (1, 2, 3, 16)] == [1, 2, 3, 16]
    assert threads("table", 16) == 1


@pytest.mark.parametrize("kind", ["model", "benchmark", "conversion"])
@pytest.mark.parametrize("size", [SMALL, LARGE, Size(32762, 2), Size(1544, 4)])
def test_memory_holds_the_weights_with_something_to_spare(kind, size):
    bytes_of_weights = size.millions * 10**6 * size.bytes_each
    assert resources(kind, size)["mem_mb"] * 10**6 >= bytes_of_weights * 1.5


@pytest.mark.parametrize("kind", ["model", "benchmark", "statistics", "conversion", "download"])
def test_larger_models_get_more_time_and_never_less_memory(kind):
    none, small, large = (resources(kind, size) for size in (NO_MODEL, SMALL, LARGE))
    assert none["runtime"] < small["runtime"] < large["runtime"]
    assert none["mem_mb"] <= small["mem_mb"] <= large["mem_mb"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_attempt_gets_twice_the_memory_and_time_and_no_second_gpu(kind):
    first, second = (resources(kind, LARGE, on_gpu=True, attempt=attempt) for attempt in (1, 2))
    for name in ("mem_mb", "runtime"):
        assert second[name] == 2 * first[name]
    assert second.get("gpu") == first.get("gpu")
    assert second.get("vram_mb") == first.get("vram_mb")


@pytest.mark.parametrize("kind", KINDS)
def test_a_gpu_is_asked_for_where_a_model_runs_on_one(kind):
    asked = resources(kind, LARGE, on_gpu=True)
    if kind in ("model", "benchmark"):
        assert asked["gpu"] == 1
        assert asked["vram_mb"] > LARGE.weights_mb
        on_processor = resources(kind, LARGE)
        assert (on_processor["gpu"], on_processor["vram_mb"]) == (0, 0)
        assert on_processor["runtime"] > asked["runtime"]
    else:
        assert {*asked} == {"mem_mb", "runtime"}
        assert asked == resources(kind, LARGE)


def test_amounts_are_whole_numbers_as_schedulers_take_them():
    for kind in KINDS:
        for size in (NO_MODEL, ENCODER, SMALL, LARGE):
            assert all(type(amount) is int for amount in resources(kind, size, on_gpu=True).values())


def test_an_unknown_kind_is_an_error():
    with pytest.raises(KeyError, match="modle"):
        resources("modle", SMALL)
