"""The explorer of the quick study whose tables are kept in the repository, with a reply that tries to take over the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from emotion_vectors.artefacts import files
from steps.explorer import write_explorer
from tests.steps.explorer.browser import Browser, browsing

ROOT = Path(__file__).resolve().parents[3]
PUBLISHED = Path("workflow/reference/quick/results")
MODEL = "smollm2-135m-instruct"
HOSTILE = "</script><img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
CLAIMS = sorted(path.relative_to(ROOT) for path in (ROOT / "workflow/claims").glob("*.yaml"))
STAGES = {path.stem: path.parent.name for path in sorted((ROOT / "scripts/steps").glob("*/*.py"))}


@pytest.fixture(scope="session")
def explorer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as the step writes it."""
    folder = tmp_path_factory.mktemp("explorer")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        replies = files.read_table(PUBLISHED / "shown_replies.parquet")
        # Of a set whose transcript was not kept, so that it comes to the page from the replies of the paper.
        hostile = replies.iloc[[0]].assign(text=HOSTILE, behaviour="lending", **{"class": "hostile"})
        files.write_table(pd.concat([replies, hostile], ignore_index=True), folder / "shown_replies.parquet")
        (folder / MODEL).mkdir()
        dosed_acts().to_parquet(folder / MODEL / "acts.parquet")
        words_read().to_parquet(folder / "word_readings.parquet")
        write_explorer.main(**inputs(folder), explorer=folder / "explorer.html", **settings())
    return folder / "explorer.html"


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsing(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def browser(window: Browser, explorer: Path) -> Iterator[Browser]:
    """The explorer freshly opened; whatever the test did, the console has nothing to say."""
    window.open("about:blank")
    window.open(explorer.as_uri())
    yield window
    assert window.said() == []


def dosed_acts() -> pd.DataFrame:
    """Finite strengths on one scene of an act, whose gates are closed in the study itself."""
    rows = {"direction": ["calm", "Gaussian 0"], "kind": ["emotion", "Gaussian"], "delta_logodds_nats": [0.25, 9.0]}
    named = {"experiment": "act_blackmail", "scenario": "ab01", "context": "tonight", "strength_norm_fraction": -0.05}
    return pd.DataFrame(rows).assign(**named)


def words_read() -> pd.DataFrame:
    """Readings of four words by the emotions of the study: each but the last reads as one of them, and as little as another."""
    emotions = list(files.read_table(PUBLISHED / MODEL / "geometry/scores.parquet")["emotion"])
    readings = pd.DataFrame(0.0, index=range(4), columns=emotions)
    for row, (most, least) in enumerate([("afraid", "calm"), ("calm", "angry"), ("happy", "sad")]):
        readings.loc[row, [most, least]] = 3.0 - row, row - 3.0
    readings.insert(0, "word", ["dark", "evening", "don't", "the"])
    return readings


def inputs(folder: Path) -> dict[str, Path | list[Path]]:
    """Inputs of the step by parameter, relative to the root of the repository."""
    of_model, assets = PUBLISHED / MODEL, Path("workflow/report/explorer")
    sets, acts = Path("workflow/stimuli/behaviours"), Path("workflow/stimuli/acts")
    return {
        "results": PUBLISHED / "claims.json",
        "claims": CLAIMS,
        "schema": Path("workflow/schemas/claim.schema.yaml"),
        "register": Path("workflow/report/figures.yaml"),
        "sections": [Path("paper/main.tex"), *sorted(Path("paper/sections").glob("*.tex"))],
        "placebo": [Path("workflow/reference/placebo.json")],
        "by_item": [of_model / "slopes/by_item.parquet"],
        "steered": sorted((of_model / "steered").glob("[bhp]*.parquet")),
        "changes": [of_model / "acts/changes.parquet"],
        "by_scenario": [of_model / "acts/by_scenario.parquet"],
        "steered_acts": [folder / MODEL / "acts.parquet"],
        "scores": [of_model / "geometry/scores.parquet"],
        "words": [folder / "word_readings.parquet"],
        "replies": folder / "shown_replies.parquet",
        "behaviours": sorted(sets.glob("*.jsonl")),
        "acts": sorted(acts.glob("*.jsonl")),
        "template": assets / "explorer.html.j2",
        "styles": [assets / "explorer.css"],
        "scripts": [assets / f"{name}.js" for name in ("elements", "claims", "items", "words", "explorer")],
    }


def settings() -> dict[str, object]:
    return {
        "study": {"tier": "quick", "title": "Emotion Vectors and Emotion Circuits, Replicated"},
        "folders": {
            "results": "results/quick",
            "figures": "results/quick/figures",
            "paper": "results/quick/paper",
            "rules": "workflow/rules",
            "steps": "scripts/steps",
            "library": "scripts/emotion_vectors",
            "published": "workflow/reference/quick/results",
        },
        "sampling": {"temperature": 1.0, "top_p": 0.95, "new_tokens": 96, "program_tokens": 320, "judge": "encoder"},
        "roots": [str(PUBLISHED)],
        "stages": STAGES,
        "stimuli": {"evaluate_conduct": ["stories", "behaviours"]},
        "tables": {"compare_texts": ["workflow/claims/textual_overlap.tsv"]},
    }
