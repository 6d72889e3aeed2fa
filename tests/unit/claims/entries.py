"""A claim as an entry of a file of claims, and what was measured of its part."""

from emotion_vectors.statistics.effects import Effect

PART = {"name": "slope", "prediction": "positive", "at_least": 0.4, "smallest_effect": 0.2, "null_percentile": 95}
EFFECT = Effect(estimate=0.6, low=0.3, high=0.9, null_percentile=99.0, null_95=0.1, n=20, of="items", unit="nats")


def claim(name: str = "A01", *parts: str) -> dict:
    return {
        "id": name,
        "paper": "someone2026",
        "place": "section 1",
        "statement": "Steering changes the reading.",
        "original": "qualitative",
        "metric": "Slope of the reading",
        "readout": "reading",
        "tier": "default",
        "parts": [{**PART, "name": part} for part in parts or ("slope",)],
        "registered": "2026-11-21",
    }
