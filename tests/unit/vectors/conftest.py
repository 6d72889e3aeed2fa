"""Made-up activations of stories: cells, the table of the stories, covariances of neutral text."""

import pandas as pd
import pytest
import torch

from tests.unit.vectors.shapes import EMOTIONS, LAYERS, NAMES, TOPICS, WIDTH


@pytest.fixture
def cells():
    return torch.randn(TOPICS, EMOTIONS, LAYERS, WIDTH, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def table():
    rows = [
        {"story_id": f"t{topic:02d}-{name}", "topic": f"t{topic:02d}", "emotion": name}
        for topic in range(TOPICS)
        for name in NAMES
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def random_covariances():
    factor = torch.randn(LAYERS, WIDTH, 40, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    factor *= torch.linspace(3, 0.1, WIDTH)[:, None]
    return factor @ factor.transpose(1, 2) / 40
