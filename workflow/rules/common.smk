"""Names shared by the rules: folders, models, seeds, and the library modules that each script uses."""

import ast
import functools
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from emotion_vectors.acts import conditions
from emotion_vectors.artefacts import precision
from emotion_vectors.claims import registry
from emotion_vectors.stimuli import experiments
from emotion_vectors.stimuli.acts import table as act_table
from emotion_vectors.stimuli.files import set_digest
from emotion_vectors.stimuli.rules import readouts
from emotion_vectors.weights import table as model_table
from emotion_vectors.weights.folders import CONFIGURATION, WeightsError
from emotion_vectors.weights.servable import check_folder
from emotion_vectors.weights.sources import FolderSource, parse_source

FOLDERS = config["folders"]
RESTORED = f"{FOLDERS['results']}/restored"
# Small tables of a full run, from which figures, README and paper can be made again without a model.
PUBLISHED = f"{RESTORED}/tables" if config["archive"] else f"workflow/reference/{config['tier']}/results"
if config["rebuild"] and not config["archive"] and not Path(PUBLISHED).is_dir():
    raise WorkflowError(
        f"{PUBLISHED} does not exist: no full run of tier '{config['tier']}' has published its tables here; run the study and "
        "then `reference`, or take `rebuild` out"
    )
# With `rebuild` they take the place of what is computed, and no rule that computes is loaded.
RESULTS = PUBLISHED if config["rebuild"] else FOLDERS["results"]
# Activations do not depend on labels, so the placebo reads those of the study instead of measuring them again.
ACTIVATIONS = PUBLISHED if config["rebuild"] else FOLDERS["activations"]
ROOTS = sorted({RESULTS, ACTIVATIONS})
# What figures, README and paper are made from.
READ = RESULTS
STIMULI_REPORT = f"{ACTIVATIONS}/stimuli.json"
LOGS = f"{FOLDERS['results']}/logs"
BENCHMARKS = f"{FOLDERS['results']}/benchmarks"
STIMULI = "workflow/stimuli"
BEHAVIOURS = f"{STIMULI}/behaviours"
NORMS = "workflow/norms/warriner2013.csv"
EXPERIMENT_TABLE = experiments.TABLE
EXPERIMENT_SCHEMA = "workflow/schemas/experiment.schema.yaml"
ACT_TABLE = act_table.TABLE
ACT_SCHEMA = "workflow/schemas/act.schema.yaml"
ACT_SETS = f"{STIMULI}/acts"
ORDERS = f"{ACT_SETS}/orders.yaml"
FEELINGS = f"{ACT_SETS}/feelings.yaml"
MODEL_TABLE = "workflow/models.tsv"
CLAIM_FILES = [
    f"workflow/claims/{name}.yaml"
    for name in ("anthropic-2026", "wang-2025", "wider", "overlap", "conduct", "meaning", "contrasts")
]
REPLIES = f"{STIMULI}/replies/replies.jsonl"
CLAIM_SCHEMA = "workflow/schemas/claim.schema.yaml"
README = "README.md"
MODELS = config["models"]
# Models that are run; tables of the others are taken from PUBLISHED. A rebuild takes those of all and runs none.
PUBLISHED_MODELS = [] if config["rebuild"] else [model for model in MODELS if model in config["published"]]
RUN_MODELS = [model for model in MODELS if model not in PUBLISHED_MODELS]


def read_tables():
    """Models, experiments, acts and registered claims by name; what is wrong in their tables is said before any step runs."""
    try:
        models = model_table.read_models(MODEL_TABLE)
        table = experiments.load_experiments(EXPERIMENT_TABLE, EXPERIMENT_SCHEMA)
        emotions = set(pd.read_csv(NORMS)["emotion"])
        experiments.check_names(table, BEHAVIOURS, emotions)
        of_acts = act_table.load_acts(ACT_TABLE, ACT_SCHEMA)
        act_table.check_acts(of_acts, ACT_SETS, emotions, conditions.load_orders(ORDERS))
        readouts.check_readouts(table, BEHAVIOURS, REPLIES)
        return (
            models,
            table,
            of_acts,
            registry.load(
                CLAIM_FILES,
                CLAIM_SCHEMA,
                lambda claim: (
                    *experiments.claim_faults(claim, table),
                    *act_table.claim_faults(claim, of_acts, config["acts"]["strengths"]),
                ),
            ),
        )
    except ValueError as error:
        raise WorkflowError(str(error)) from None


MODEL_ROWS, EXPERIMENTS, ACTS, CLAIMS = read_tables()
# What sorts sampled replies into classes: a regression on the states of the sentence encoder, or a model of the table (one at most).
JUDGE = config["generation"]["judge"]
JUDGES = [] if JUDGE == "encoder" else [JUDGE]
# Of the placebo: the seed by which labels are permuted.
PLACEBO_SEED = config["seeds"]["placebo"] if config["stories"]["permuted_labels"] else None
STEPS = Path("scripts/steps")
LIBRARY = Path("scripts/emotion_vectors")

# Seeds that no rule bears the name of.
SHARED_SEEDS = {"study", "placebo", "reinitialise", "shuffle_all", "shuffle_main"}

# A step says which modules it uses through its imports alone. Provenance is left out: it records results and changes none.
RECORDING_ONLY = {"artefacts.provenance"}


def library_of(step):
    """Library files that a step imports, directly or through other modules: an edit of any of them reruns the rule.

    Args:
        step: stage and name, as in "meaning/read_lens".
    """
    found, open_files = set(), [STEPS / f"{step}.py"]
    while open_files:
        for name in imported_modules(open_files.pop()) - found - RECORDING_ONLY:
            found.add(name)
            open_files.append(file_of(name))
    return [str(file_of(name)) for name in sorted(found)]


def code_digest(wildcards, input):
    """SHA-256 of the library behind a step, which says whether a run that was killed may be continued."""
    return set_digest(input.code, ".")


def file_of(module):
    """File of a library module, named from the library downwards."""
    return LIBRARY / f"{module.replace('.', '/')}.py"


@functools.cache
def imported_modules(file):
    """Names of the library modules that a file imports to run, from the library downwards, as in "engine.capture"."""
    tree, names = ast.parse(Path(file).read_text(encoding="utf-8")), set()
    for node in {*ast.walk(tree)} - {*for_types_alone(tree)}:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("emotion_vectors."):
            package = node.module.removeprefix("emotion_vectors.")
            of_package = {
                f"{package}.{alias.name}" for alias in node.names if file_of(f"{package}.{alias.name}").exists()
            }
            names |= of_package or {package}
    return names


def for_types_alone(tree):
    """What is under `if TYPE_CHECKING`: names of types, which no step loads and which change no result."""
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    return (part for block in blocks for part in ast.walk(block))


def stimulus_files(*sets):
    """All files of the named stimulus sets, so that an edited stimulus reruns what uses it."""
    files = [str(file) for name in sets for file in sorted(Path(STIMULI, name).rglob("*")) if file.is_file()]
    return [file for file in files if not file.endswith("README.md")]


def experiments_on(wildcards):
    """Rows of the table of experiments on a set: a step gets them in place of the table, so that a row reruns its own set only."""
    return [asdict(each) for each in EXPERIMENTS.values() if each.items == wildcards.behaviour]


def acts_on(wildcards):
    """Rows of the table of acts on a set, as `experiments_on` gives those of the other table."""
    return [asdict(each) for each in ACTS.values() if each.items == wildcards.behaviour]


def seed(name):
    """Seed registered for a rule; rules without an entry share the study's own."""
    return config["seeds"].get(name, config["seeds"]["study"])


def model_of(wildcards):
    """Model of a subject; the re-initialised twin shares its model's architecture and tokenizer."""
    return wildcards.get("model", None) or wildcards.subject.split("/")[0]


def twin_of(wildcards):
    """Seed and depth of the re-initialised twin, None for the trained model."""
    if not wildcards.subject.endswith("/reinitialised"):
        return None
    return {"seed": config["seeds"]["reinitialise"], "depth": config["vectors"]["main_depth"]}


def known_row(model):
    """Row of a model; a name that a target holds by mistake is said with the names that could be meant."""
    if model not in MODEL_ROWS:
        meant = get_close_matches(model, MODEL_ROWS, n=3, cutoff=0.4) or list(MODEL_ROWS)
        raise WorkflowError(
            f"target: no model '{model}' in {MODEL_TABLE}; correct the name, for instance to {' or '.join(meant)}"
        )
    return MODEL_ROWS[model]


def used_of(model, step):
    """What a step uses of a model's row, and the date that it is told; the table itself is `ancient`, so that a row reruns its own model only."""
    row = known_row(model)
    return {
        "dtype": precision.of_step(step, row.dtype, FAST),
        "template": row.template,
        "date": config["conversation"]["date"],
    }


def row_of(step):
    """What a step uses of its own model's row."""
    return lambda wildcards: used_of(model_of(wildcards), step)


def weights_of(wildcards):
    """What identifies the weights of a model: another file or source is fetched and converted anew."""
    return known_row(wildcards.model).weights()


def check_local_models():
    """Models in local folders are refused from their configuration before any other step runs."""
    needed = {*RUN_MODELS, *JUDGES} & {*MODEL_ROWS}
    sources = [parse_source(text) for model in needed for text in MODEL_ROWS[model].sources]
    for folder in sorted(source.folder for source in sources if isinstance(source, FolderSource)):
        if (folder / CONFIGURATION).is_file():
            try:
                check_folder(folder)
            except WeightsError as error:
                raise WorkflowError(f"models: {error}") from None


def check_settings():
    """What can be wrong in tables and configuration, said before any step runs."""
    unknown = sorted(set(MODELS) - set(MODEL_ROWS))
    if unknown:
        raise WorkflowError(
            f"models: {', '.join(unknown)} not in {MODEL_TABLE}; add a row there or correct the name in the configuration"
        )
    check_local_models()
    if not {*JUDGES} <= {*MODEL_ROWS}:
        raise WorkflowError(
            f"generation.judge: '{JUDGE}' is neither encoder nor in {MODEL_TABLE}; add a row there or correct the name in the configuration"
        )
    strangers = [name for name in config["seeds"] if name not in SHARED_SEEDS and not [*STEPS.glob(f"*/{name}.py")]]
    if strangers:
        raise WorkflowError(f"seeds: no rule is called {', '.join(strangers)}; see workflow/config/README.md")
    if config["tier"] != "default" and (config["readme"] or RESULTS == "results"):
        raise WorkflowError(
            f"tier '{config['tier']}' would overwrite the default study; set readme to false and give it folders of its own, "
            "as workflow/config/README.md shows"
        )


check_settings()
