"""What an edit of a finished study runs again: the users of what was edited, and nothing else."""

import json
import re

import pandas as pd
import pytest

from emotion_vectors.artefacts import devices
from emotion_vectors.artefacts.precision import BFLOAT16, FLOAT32, fast_here
from tests.workflow.project import MODEL, QUICK, Project, reasons

pytestmark = [pytest.mark.weights, pytest.mark.timeout(5000)]


def planned_after(study: Project, file: str, old: str, new: str) -> set[str]:
    """Rules that a dry run plans after an edit of one file."""
    target = study.folder / file
    before = target.read_text()
    assert old in before
    target.write_text(before.replace(old, new, 1))
    _, output = study.snakemake(*QUICK, "-n")
    # Shown where the assertion of a test fails.
    print(reasons(output))
    return set(re.findall(r"^(\w+) +\d+$", output, re.MULTILINE))


def test_an_edited_library_module_reruns_its_users_and_nothing_else(edited: Project):
    module = "scripts/emotion_vectors/geometry/geometry_evidence.py"
    planned = planned_after(edited, module, '"""\n', '"""\n# edited\n')
    assert {"analyze_components", "cluster_vectors", "compare_depths"} <= planned
    assert not planned & {"capture_stories", "capture_neutral", "decode_texts", "fetch_weights"}


def test_a_row_for_another_model_reruns_nothing(edited: Project):
    row = "other-model\tgpu\tsafetensors\t-\t-\tfolder:/tmp/other-model\tfloat32\t1\tchat\t-\tMIT\n"
    assert planned_after(edited, "workflow/models.tsv", "\nqwen2.5-coder-0.5b", f"\n{row}qwen2.5-coder-0.5b") == set()


def test_another_precision_runs_the_steps_that_bear_it_again_and_fetches_nothing(edited: Project):
    other = {FLOAT32: BFLOAT16, BFLOAT16: FLOAT32}[fast_here(devices.wanted("auto"))]
    planned = planned_after(edited, "workflow/config/config.yaml", "precision: auto", f"precision: {other}")
    assert {"capture_stories", "capture_responses", "generate_replies"} <= planned
    assert not planned & {"fetch_weights", "convert_weights", "check_stimuli"}


def test_an_edited_stimulus_is_checked_and_reruns_what_reads_it(edited: Project):
    planned = planned_after(edited, "workflow/stimuli/words/families.yaml", "happy:", "# edited\nhappy:")
    assert {"check_stimuli", "read_lens", "judge_claims", "typeset_paper"} <= planned


LENDING = (
    (
        "ladder",
        ["Of course, take it from the shed tonight.", "Gladly; mind the loose third step."],
        ["No, it has to stay in the shed tonight.", "Sorry, the third step is too loose."],
    ),
    (
        "drill",
        ["Yes, the case is beside the front door.", "Sure, and keep the spare battery as well."],
        ["No, the case stays beside my own bench.", "Not while the spare battery is away."],
    ),
    (
        "wheelbarrow",
        ["Take it whenever the gravel is delivered.", "It is yours until Sunday at noon."],
        ["I need it when our gravel is delivered.", "It is promised until Sunday at noon."],
    ),
)
"""What a neighbour asks for, and replies that lend it and that keep it."""


def lending_items() -> str:
    """A behaviour set in JSON Lines."""
    values = [
        {
            "id": f"n0{number}",
            "topic": f"lending a {tool}",
            "prompt": f"A neighbour asks for the {tool}. Write the answer.",
            "continuations": {"lend": lend, "keep": keep},
        }
        for number, (tool, lend, keep) in enumerate(LENDING, start=1)
    ]
    return "".join(json.dumps(value) + "\n" for value in values)


def test_a_further_behaviour_is_a_row_and_a_file(edited: Project):
    """Its responses are captured, those of the other sets are not; a row without its file is named."""
    table = edited.folder / "workflow/experiments.tsv"
    target = f"results/quick/{MODEL}/slopes/effects.parquet"
    table.write_text(table.read_text() + "lending\tconduct\tlending\tlikelihood\tlend\tkeep" + "\t-" * 6 + "\n")
    status, output = edited.snakemake(target, *QUICK, "-n")
    assert status != 0
    assert "behaviours/lending.jsonl" in output, output[-2000:]
    (edited.folder / "workflow/stimuli/behaviours/lending.jsonl").write_text(lending_items())
    _, output = edited.snakemake(target, *QUICK, "-n")
    planned = dict(re.findall(r"^(\w+) +(\d+)$", output, re.MULTILINE))
    assert planned == {"check_behaviour": "1", "capture_responses": "1", "compute_slopes": "1", "total": "3"}
    status, output = edited.snakemake(target, *QUICK)
    assert status == 0, output[-4000:]
    assert "lending" in set(pd.read_parquet(edited.folder / target)["experiment"])
