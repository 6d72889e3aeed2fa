"""What is kept of an earlier file on validity."""

from emotion_vectors.artefacts import files
from emotion_vectors.controls.validity import as_committed, placebo_with
from steps.controls import record_validity
from tests.unit.controls import validity_tables


def recorded(tmp_path, placebos, committed="none.json"):
    record_validity.main(
        *validity_tables.write(tmp_path),
        tmp_path / "validity.json",
        models=["model-a"],
        run=["model-a"],
        committed=str(tmp_path / committed),
        placebos=placebos,
        bootstraps=50,
        seed=1,
    )
    return files.read_json(tmp_path / "validity.json")


def test_placebos_keep_the_rows_of_models_that_were_not_run():
    old, new = ({"model": model, "share": share} for model, share in (("taken", 0.2), ("run", 0.1)))
    known = {"parts": [old, {"model": "run", "share": 0.9}], "claims": [], "above_bar": [old]}
    counts = {"seeds": 20, "parts": [new], "claims": [new], "above_bar": []}
    kept = placebo_with(known, counts, ["run"])
    assert kept == {**counts, "parts": [old, new], "above_bar": [old], "pooled_over": ["run"]}
    assert placebo_with({}, counts, ["run"]) == counts


def test_what_planted_effects_say_takes_its_place_beside_earlier_placebos(tmp_path):
    (tmp_path / "earlier.json").write_text('{"placebo": {"seeds": 20}, "planted": {"found_share": {}}}')
    content = recorded(tmp_path, {}, "earlier.json")
    assert content["placebo"] == {"seeds": 20}
    assert content["planted"]["found_share"] == {"0.5": 0.0, "1": 1.0, "2": 1.0}
    assert content["planted"]["models"]["model-a"]["sham_share"] == 0.0
    assert {*content["structures"]["claims"]} == {"A06b", "W05b"}
    assert content["exchanged"]["pooled"]["replicated"] == 1


def test_placebos_that_were_counted_take_the_place_of_older_ones(tmp_path):
    files.write_json({"seeds": 40, "share_replicated": 0.01}, tmp_path / "counts.json")
    (tmp_path / "earlier.json").write_text('{"placebo": {"seeds": 20}}')
    content = recorded(tmp_path, {str(tmp_path / "counts.json"): "its digest"}, "earlier.json")
    assert (content["placebo"]["seeds"], content["placebo"]["share_replicated"]) == (40, 0.01)
    assert content["planted"]["found_share"]["2"] == 1.0


def test_the_run_that_wrote_it_is_left_out(tmp_path):
    files.write_json({"placebo": {"seeds": 2}}, tmp_path / "written.json")
    assert as_committed(tmp_path / "written.json") == {"placebo": {"seeds": 2}}
    assert as_committed(tmp_path / "absent.json") == {}
