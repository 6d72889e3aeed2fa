"""One static page of the study, to be read without network and server."""

EXPLORER_FILES = "workflow/report/explorer"
# Every sampled reply with its label; in a rebuild the step finds those that were published.
SAMPLED_REPLIES = (
    []
    if config["rebuild"]
    else [
        *[transcript(*sampled) for sampled in product(MODELS, SAMPLED_SETS, STEERING)],
        *expand(LABELS, model=MODELS, behaviour=SAMPLED_SETS, steering=STEERING),
    ]
)


rule write_explorer:
    message:
        "Explorer: claims, items, replies and emotions on one page"
    input:
        results=JUDGED,
        claims=CLAIM_FILES,
        schema=CLAIM_SCHEMA,
        register=FIGURE_REGISTER,
        sections=[file for file in paper_sources() if file.endswith(".tex")],
        placebo=PLACEBO_SHOWN,
        by_item=expand(f"{RESULTS}/{{model}}/slopes/by_item.parquet", model=MODELS),
        steered=expand(f"{RESULTS}/{{model}}/steered/{{behaviour}}.parquet", model=MODELS, behaviour=DOSED_SETS),
        changes=expand(f"{RESULTS}/{{model}}/acts/changes.parquet", model=MODELS),
        by_scenario=expand(ACT_SLOPES, model=MODELS),
        steered_acts=expand(
            f"{RESULTS}/{{model}}/acts/steered/{{behaviour}}.parquet", model=MODELS, behaviour=STEERED_SETS_OF_ACTS
        ),
        scores=expand(f"{RESULTS}/{{model}}/geometry/scores.parquet", model=MODELS),
        words=expand(WORD_READINGS, model=MODELS),
        replies=SHOWN_REPLIES,
        behaviours=expand(f"{BEHAVIOURS}/{{behaviour}}.jsonl", behaviour=BEHAVIOUR_SETS),
        acts=expand(f"{ACT_SETS}/{{behaviour}}.jsonl", behaviour=SETS_OF_ACTS),
        template=f"{EXPLORER_FILES}/explorer.html.j2",
        styles=[f"{EXPLORER_FILES}/explorer.css"],
        scripts=[f"{EXPLORER_FILES}/{name}.js" for name in ("elements", "claims", "items", "words", "explorer")],
        after=[*SAMPLED_REPLIES, *STEPS_OF_EVIDENCE],
        code=library_of("explorer/write_explorer"),
    output:
        explorer=report(EXPLORER, caption="../report/explorer.rst", category="Claims"),
    log:
        f"{LOGS}/write_explorer.log",
    benchmark:
        f"{BENCHMARKS}/write_explorer.jsonl"
    params:
        study={"tier": config["tier"], "title": "Emotion Vectors and Emotion Circuits, Replicated"},
        # How replies were sampled, and what labelled them.
        sampling={
            name: config["generation"][name]
            for name in ("temperature", "top_p", "new_tokens", "program_tokens", "judge")
        },
        folders={
            "results": FOLDERS["results"],
            "figures": FOLDERS["figures"],
            "paper": PAPER,
            "rules": "workflow/rules",
            "steps": str(STEPS),
            "library": str(LIBRARY),
            "published": f"workflow/reference/{config['tier']}/results",
        },
        roots=ROOTS,
        stages={path.stem: path.parent.name for path in map(Path, STEPS_OF_EVIDENCE)},
        stimuli=EVIDENCE,
        tables={"compare_texts": [TEXTUAL_OVERLAP, SECOND_READING]},
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/explorer/write_explorer.py"


# Everything that is made from the tables that a full run publishes.
MADE_FROM_TABLES = [
    *FIGURES,
    CLAIM_PAGE,
    f"{PAPER}/generated/macros.tex",
    *[f"{PAPER}/generated/{name}.tex" for name in TABLE_NAMES],
    f"{PAPER}/main.pdf",
    EXPLORER,
]


def tables_read():
    """Results that figures, README and paper are made from, as their rules name them."""
    makers = [
        (rule, rule.get_wildcards(target))
        for target in MADE_FROM_TABLES
        for rule in workflow.rules
        if rule.is_producer(target)
    ]
    files = {str(file) for rule, of_target in makers for file in rule.expand_input(of_target)[0]}
    results = {file for file in files if any(Path(file).is_relative_to(root) for root in ROOTS)}
    return sorted(results - {*MADE_FROM_TABLES})
