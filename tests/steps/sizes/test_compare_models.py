"""The table of differences between the models of a study, which has no rows where there is one model."""

from pathlib import Path

import pandas as pd
import pytest

from emotion_vectors.artefacts import files
from steps.sizes import compare_models

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"
PART = {"estimate": 0.3, "low": 0.2, "high": 0.4, "n": 3, "of": "scenarios", "unit": "nats", "guard": ""}


@pytest.fixture
def compare(tmp_path):
    """Compare models by their sizes: `compare(sizes)`, each larger one having slopes larger by one."""

    def run(millions):
        acts, items = [], []
        for number, name in enumerate(millions):
            slopes = {"experiment": "act_blackmail", "scenario": ["s1", "s2", "s3"], "slope_nats": [number + 0.1] * 3}
            acts.append(tmp_path / f"{name}_acts.parquet")
            files.write_table(pd.DataFrame(slopes | {"direction": "desperate"}), acts[-1])
            items.append(tmp_path / f"{name}_items.parquet")
            files.write_table(
                pd.DataFrame(slopes | {"experiment": "blackmail", "emotion": "sad", "variant": "v"}), items[-1]
            )
        results = tmp_path / "claims.json"
        files.write_json({"parts": {name: {"A19b": {"desperate": PART}} for name in millions}}, results)
        compare_models.main(
            results,
            [WORKFLOW / "claims/conduct.yaml"],
            WORKFLOW / "schemas/claim.schema.yaml",
            acts,
            items,
            tmp_path / "differences.parquet",
            millions=millions,
            bootstraps=20,
            seed=1,
        )
        return files.read_table(tmp_path / "differences.parquet")

    return run


def test_models_next_to_each_other_in_size_are_compared(compare):
    table = compare({"large": 1500, "small": 135, "middle": 500})
    assert list(zip(table["smaller"], table["larger"], strict=True)) == [("small", "middle"), ("middle", "large")]
    assert table["difference"].tolist() == pytest.approx([1.0, -2.0])


def test_one_model_has_nothing_to_be_compared_with(compare):
    assert compare({"alone": 135}).empty
