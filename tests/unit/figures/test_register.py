"""The register of figures: what is wrong in it is said by figure, key and remedy; data are named for every model."""

import re

import pytest
import yaml

from emotion_vectors.figures import listing, register

ENTRY = {
    "title": "A figure of nothing",
    "caption": "What is drawn, with sample, intervals and null, in so many words.",
    "category": "None",
    "claims": ["A01"],
    "inputs": {"rates": "{model}/rates/{behaviour}.parquet", "whole": "claims.json"},
}
CLAIMS = {"A01": {"statement": "It is  so."}}


@pytest.fixture
def load(tmp_path):
    """Load a register of one figure with changes: `load(**changes)`."""
    (tmp_path / "plot_nothing.py").touch()

    def loading(name="nothing", **changes):
        file = tmp_path / "figures.yaml"
        file.write_text(yaml.safe_dump({name: ENTRY | changes}))
        return register.load(CLAIMS, str(file), scripts=str(tmp_path))

    return loading


def test_data_are_named_for_every_model_and_set_with_models_slowest(load):
    data = load()["nothing"].data("results", model=["m1", "m2"], behaviour=["x", "y"])
    assert data["rates"] == [f"results/{model}/rates/{name}.parquet" for model in ("m1", "m2") for name in "xy"]
    assert data["whole"] == "results/claims.json"


def test_references_are_handed_over_where_they_exist_and_belong_to_the_study(load, tmp_path):
    entry = load(references={"placebo": "placebo.json"})["nothing"]
    assert entry.data("results", str(tmp_path), model=["m"], behaviour=["x"])["placebo"] == []
    (tmp_path / "placebo.json").touch()
    assert entry.data("results", str(tmp_path), model=["m"], behaviour=["x"])["placebo"] == [f"{tmp_path}/placebo.json"]
    assert entry.data("results", model=["m"], behaviour=["x"])["placebo"] == []


FAULTS = {
    "unknown key": ({"script": "x.py"}, "nothing: Additional properties are not allowed ('script' was unexpected)"),
    "unknown claim": ({"claims": ["Z99", "A01"]}, "nothing.claims"),
    "unregistered": ({"claims": ["A02"]}, "nothing: claims: A02 not registered in workflow/claims; correct the ids"),
    "no claims": ({"claims": []}, "nothing.claims"),
    "placeholder": (
        {"inputs": {"one": "{modle}/one.parquet"}},
        "nothing: inputs.one: {modle} is unknown; use {model} or {behaviour}",
    ),
    "no file": ({"files": {"norms": "no/such.csv"}}, "nothing: files.norms: no file no/such.csv; correct the path"),
    "twice": ({"files": {"whole": "pyproject.toml"}}, "nothing: whole names two inputs; rename one"),
    "tensors": ({"inputs": {"one": "{model}/one.safetensors"}}, "nothing.inputs.one"),
}


@pytest.mark.parametrize(("changes", "message"), FAULTS.values(), ids=FAULTS)
def test_faults_name_figure_key_and_remedy(load, changes, message):
    with pytest.raises(register.RegisterError, match=re.escape(message)):
        load(**changes)


def test_a_figure_needs_a_script(load):
    with pytest.raises(register.RegisterError, match=r"other: no script .*plot_other.py; write it or remove the entry"):
        load("other")


def test_a_register_that_is_no_yaml_is_named(tmp_path):
    file = tmp_path / "figures.yaml"
    file.write_text("one: [")
    with pytest.raises(register.RegisterError, match=r"figures.yaml: cannot be read"):
        register.load(CLAIMS, str(file))


def test_the_list_names_claims_script_and_data(load):
    text = listing.markdown(load(), CLAIMS, "results/quick", ["m1"], "../../../scripts/steps/figures")
    row = "| nothing ([PDF](nothing.pdf), [PNG](nothing.png)) | A figure of nothing | A01 |"
    assert row in text
    assert "scripts/steps/figures/plot_nothing.py" in text
    assert "`results/quick/{model}/rates/{behaviour}.parquet`" in text
    assert "- A01: It is so." in text
