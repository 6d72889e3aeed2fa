"""Every figure drawn once for two models from made-up results, small and cheap, for all tests that look at it."""

import functools
import importlib
from pathlib import Path

import matplotlib
import pytest
from matplotlib.figure import Figure

from emotion_vectors.artefacts import provenance
from emotion_vectors.claims import registry
from emotion_vectors.figures import labels, register, saving, style
from emotion_vectors.figures.study import Study
from tests import figure_tables

MODELS = ["one-small-model", "another-model"]
SETTINGS = {
    "main_depth": 0.6667,
    "bootstraps": 20,
    "guard_nats": 0.5,
    "expression_gate": 0.5,
    "order_nats": 1.0,
    "seed": 3,
}
CLAIMS = registry.load(sorted(Path("workflow/claims").glob("*.yaml")), "workflow/schemas/claim.schema.yaml")
REGISTER = register.load(CLAIMS)
RUN = provenance.Run(rule="plot_figure", config_sha256="0" * 64, seed=3)


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """Folder with the results of both models."""
    folder = tmp_path_factory.mktemp("results")
    with provenance.running(RUN):
        figure_tables.write(folder, MODELS)
    return folder


@pytest.fixture(scope="session")
def data(results):
    """What the rule hands to the script of a figure: `data(name, models)`, parameter -> path or paths."""

    def of(name: str, models=tuple(MODELS)):
        found = REGISTER[name].data(str(results), model=models, behaviour=figure_tables.DOSED)
        return {
            key: Path(file) if isinstance(file, str) else [Path(one) for one in file] for key, file in found.items()
        }

    return of


@pytest.fixture(scope="session")
def draw(data):
    """Draw a figure: `draw(name, folder, models, **other_data)`; returns the figure."""

    def drawing(name: str, folder: Path, models=tuple(MODELS), **other) -> Figure:
        script = importlib.import_module(f"steps.figures.plot_{name}")
        kept, save = [], saving.save
        with pytest.MonkeyPatch.context() as patch, matplotlib.rc_context(), provenance.running(RUN):
            patch.setattr(provenance, "git_commit", lambda: "0" * 40)
            patch.setitem(style.STYLE, "savefig.dpi", 40)
            patch.setitem(labels.PLACEMENT, "nbr_candidates", 40)
            patch.setattr(
                saving, "save", lambda figure, *to, **facts: (kept.append(figure), save(figure, *to, **facts))
            )
            files = {"pdf": folder / f"{name}.pdf", "png": folder / f"{name}.png"}
            study, text = (
                Study(list(models), [135 * 4**number for number in range(len(models))], **SETTINGS),
                saving.Text(**REGISTER[name].text),
            )
            script.main(**(data(name, models) | other), **files, study=study, text=text)
        return kept[0]

    return drawing


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Where the drawn figures lie."""
    return tmp_path_factory.mktemp("figures")


@pytest.fixture(scope="session")
def drawn(draw, folder):
    """The figure of a name for both models, drawn once: `drawn(name)`."""
    return functools.cache(lambda name: draw(name, folder))
