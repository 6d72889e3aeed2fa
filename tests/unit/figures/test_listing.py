"""The list of figures names every figure of the register with its claims, script and data."""

from pathlib import Path

import yaml

from emotion_vectors.claims import registry
from emotion_vectors.figures import listing, register

WORKFLOW = Path("workflow")
CLAIMS = sorted((WORKFLOW / "claims").glob("*.yaml"))
SCHEMA = WORKFLOW / "schemas/claim.schema.yaml"
REGISTER = WORKFLOW / "report/figures.yaml"


def test_every_figure_has_a_row_and_a_section_with_the_statements_of_its_claims():
    registered = registry.load(CLAIMS, SCHEMA)
    page = listing.markdown(register.load(registered), registered, "results", ["one", "another"], "../scripts")
    entries = yaml.safe_load(REGISTER.read_text())
    statements = {entry["id"]: entry["statement"] for file in CLAIMS for entry in yaml.safe_load(file.read_text())}
    assert "Models: one, another;" in page
    for name, entry in entries.items():
        (row,) = [line for line in page.splitlines() if line.startswith(f"| {name} (")]
        assert f"plot_{name}.py" in row
        assert page.count(f"]({name}.png)\n") == 1
        section = page.split(f"]({name}.png)\n")[1].split("\n## ")[0]
        claims = entry["claims"] if isinstance(entry["claims"], list) else []
        assert all(f"- {claim}: {' '.join(statements[claim].split())}" in section for claim in claims)
