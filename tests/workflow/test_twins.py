"""The script that takes twins of the larger models through a study knows the models of the gpu tier, no more and no fewer."""

import yaml

from tests.workflow.parsed import ROOT
from tests.workflow.twins import TWINS


def test_there_is_a_twin_of_every_model_of_the_gpu_tier():
    tier = yaml.safe_load((ROOT / "workflow/config/gpu.yaml").read_text(encoding="utf-8"))["models"]
    assert sorted(TWINS) == sorted(tier)
