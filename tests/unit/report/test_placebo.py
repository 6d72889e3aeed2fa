"""What permuted labels replicate is named, of one placebo and of many."""

import json

from emotion_vectors.claims.reference import placebo_share
from emotion_vectors.placebos.counting import PART_BAR, POOLED_BAR
from emotion_vectors.report import placebo


def test_what_the_placebo_replicates_is_named():
    def study(**verdicts):
        parts = {
            claim: {part: {"verdict": verdict} for part, verdict in of.items()} for claim, (_, of) in verdicts.items()
        }
        return {claim: {"verdict": whole} for claim, (whole, _) in verdicts.items()}, parts

    one = study(W05=("replicated", {"few": "replicated"}), W04=("partial", {"few": "replicated", "most": "partial"}))
    other = study(
        W05=("replicated", {"few": "replicated"}), W04=("not replicated", {"few": "inconclusive", "most": "partial"})
    )
    content = {
        "tier": "placebo",
        "claims": {"a": one[0], "b": other[0]},
        "parts": {"a": one[1], "b": other[1]},
        "nonmodels": {},
    }
    assert placebo.found(content, []) == "whole W05 on 2 of 2 models; in part W04 (few) on 1 of 2 models"
    nothing = {
        "tier": "placebo",
        "claims": {"b": {"W04": other[0]["W04"]}},
        "parts": {"b": {"W04": other[1]["W04"]}},
        "nonmodels": {},
    }
    assert placebo.found(nothing, []) == "none"


def test_the_paper_prints_the_placebo_of_its_own_or_of_the_reference(tmp_path):
    judged = {"A01": {"verdict": "partial"}}
    parts = {"A01": {"one": {"verdict": "partial"}, "two": {"verdict": "inconclusive"}}}
    counts = {"measured": 22, "replicated": 1}
    content = {"tier": "placebo", "claims": {"model-a": judged}, "parts": {"model-a": parts}, **counts}
    file = tmp_path / "placebo.json"
    file.write_text(json.dumps(content | {"placebo": placebo_share(content)}))
    share = "1 of 22 verdicts on claims, 0 of 2 on their parts"
    default = content | {"tier": "default"}
    assert placebo.replicated_share(content, []) == share
    assert placebo.replicated_share(default, str(file)) == share
    assert placebo.replicated_share(default, []) == placebo.found(default, []) == "not yet measured"
    further = {"tier": "default", "claims": {"model-a": {**judged, "Z99": {"verdict": "partial"}}}}
    assert placebo.replicated_share(further, str(file)) == f"{share} (not in it yet: Z99)"
    many = {f"Z{number}": {"verdict": "partial"} for number in range(10, 16)}
    further = {"tier": "default", "claims": {"model-a": judged | many}}
    said = placebo.replicated_share(further, str(file))
    assert said == f"{share} (6 of the 7 claims measured here are not in it yet)"


def row(part, replicated, share, **others):
    numbers = {
        "replicated": replicated,
        "testable": 20,
        "share": share,
        "low": 0.01,
        "high": 0.44,
        "not_testable": 0,
        "superseded": False,
    }
    return {"model": "model-a", "claim": "W05", "part": part, **numbers, **others}


def counts_of(*parts):
    pooled = {"replicated": 6, "testable": 1200, "share": 0.005, "low": 0.001, "high": 0.012}
    nothing = {"replicated": 0, "testable": 0, "share": None, "low": 0.0, "high": 1.0}
    return {
        "seeds": 20,
        "pooled": {"parts": pooled, "parts_in_force": pooled | {"replicated": 3}, "claims": nothing},
        "bars": {"part": PART_BAR, "pooled": POOLED_BAR},
        "above_bar": [one for one in parts if one["share"] > PART_BAR],
        "parts": list(parts),
    }


def test_a_placebo_of_other_models_or_of_another_study_is_said_to_be_one(tmp_path):
    file = tmp_path / "placebo.json"
    file.write_text(json.dumps({"claims": {"model-a": {}, "model-b": {}}, "parts": {}}))
    of_both = {"tier": "default", "claims": {"model-a": {}, "model-b": {}}}
    assert placebo.whose(of_both, str(file)) == ""
    assert placebo.whose(of_both, []) == ""
    assert placebo.whose({**of_both, "claims": {"model-a": {}}}, str(file)) == (
        " (in an earlier placebo, of model-a and model-b)"
    )
    assert "has none of its own" in placebo.whose({**of_both, "tier": "quick"}, str(file))


def test_placebos_over_many_seeds_are_said_with_the_parts_above_the_bar():
    old = row("top_2", 8, 0.4, superseded=True)
    said = placebo.over_seeds(counts_of(old, row("top_4", 5, 0.25), row("rest", 1, 0.05), row("none", 0, 0.0)))
    assert said == (
        "over 20 seeds 6 of 1,200 verdicts on parts that could be judged, 0.5 % [0.1, 1.2]; of claims that no later one replaces 3 of "
        "1,200, 0.5 % [0.1, 1.2]; 0 of 0 on whole claims, not testable. In more than 15 % of the seeds 2 parts are replicated, of claims "
        "that no later one replaces W05 (top_4) on model-a, 25.0 % [1.0, 44.0]"
    )
    assert placebo.over_seeds(counts_of(row("rest", 1, 0.05))).endswith(
        "0 parts are replicated, of claims that no later one replaces none"
    )
    of_one = counts_of(row("rest", 1, 0.05)) | {"pooled_over": ["model-a"]}
    assert placebo.over_seeds(of_one).startswith("over 20 seeds on model-a alone 6 of 1,200 verdicts")
    assert "Pooled on model-a alone: 6 of 1,200" in placebo.seeds_table(of_one)


def test_the_table_holds_what_any_seed_lets_through_and_marks_what_exceeds_the_bar():
    parts = row("top_4", 5, 0.25, not_testable=3, superseded=True), row("rest", 1, 0.05), row("none", 0, 0.0)
    table = placebo.seeds_table(counts_of(*parts))
    assert r"\textbf{W05 top\_4 (replaced)} & \textbf{5 of 20} & \textbf{25.0\,\% [1.0, 44.0]} & \textbf{3} \\" in table
    assert r"W05 rest & 1 of 20 & 5.0\,\% [1.0, 44.0] & 0 \\" in table
    assert "W05 none" not in table
    assert "of 3 parts that could be judged, over all models, 2 are replicated with any seed" in table
    assert "0 are replicated with any seed" in placebo.seeds_table(counts_of(row("none", 0, 0.0)))


def test_without_counts_paper_and_table_say_that_nothing_was_run(tmp_path):
    file = tmp_path / "validity.json"
    file.write_text('{"planted": {}}')
    for validity in ([], [file]):
        assert placebo.over_seeds(placebo.counted(validity)) == placebo.NOT_RUN
        assert placebo.seeds_table(placebo.counted(validity)) == "The placebo has not been run over several seeds yet."
    file.write_text('{"planted": {}, "placebo": {"seeds": 20}}')
    assert placebo.counted([file]) == {"seeds": 20}
