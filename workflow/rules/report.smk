"""The paper, from macros and tables to the PDF, and the generated parts of the README."""

def placebo_reference():
    """Reference numbers of the placebo, once they exist; the placebo itself has its own."""
    return [] if config["tier"] == "placebo" or not Path(PLACEBO_REFERENCE).exists() else PLACEBO_REFERENCE


def paper_sources():
    """Everything that LaTeX reads and nobody generates."""
    files = [Path(PAPER_SOURCES, "references.bib"), Path(PAPER_SOURCES, "latexmkrc")]
    return [str(file) for file in files + sorted(Path(PAPER_SOURCES, "sections").glob("*.tex"))]


rule write_macros:
    message:
        "Numbers of the paper's text"
    input:
        results=f"{RESULTS}/claims.json",
        claims=CLAIM_FILES,
        schema=CLAIM_SCHEMA,
        stories=f"{RESULTS}/stories.parquet",
        stimuli=STIMULI_REPORT,
        heatmaps=expand(f"{RESULTS}/{{model}}/messages/heatmap.parquet", model=MODELS),
        correlations=expand(f"{RESULTS}/{{model}}/geometry/correlations.parquet", model=MODELS),
        behaviours=expand(BEHAVIOUR_REPORT, behaviour=BEHAVIOUR_SETS),
        events=EVENT_REPORT,
        overlap=TEXTUAL_OVERLAP,
        emotions=EMOTION_VALIDATION,
        directions=expand(DIRECTIONS, model=MODELS),
        expression=expand(f"{RESULTS}/{{model}}/gates/expression.parquet", model=MODELS),
        silencing=expand(HEAD_CHECK, model=MODELS),
        components=expand(COMPONENTS, model=MODELS),
        circuits=expand(ASSEMBLED, model=MODELS),
        figures=[f"{FOLDERS['figures']}/{name}.pdf" for name in FIGURE_NAMES],
        placebo=placebo_reference(),
        code=library_of("report/write_macros"),
    output:
        f"{PAPER}/generated/macros.tex",
    log:
        f"{LOGS}/write_macros.log",
    benchmark:
        f"{BENCHMARKS}/write_macros.jsonl"
    params:
        figures=FIGURE_NAMES,
        sources=PAPER_SOURCES,
        settings={name: config[name] for name in ("tier", "vectors", "statistics", "steering", "behaviour", "gates", "circuits")},
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/report/write_macros.py"


rule write_tables:
    message:
        "Tables of the paper"
    input:
        results=f"{RESULTS}/claims.json",
        claims=CLAIM_FILES,
        schema=CLAIM_SCHEMA,
        overlap=TEXTUAL_OVERLAP,
        accuracy=expand(f"{RESULTS}/{{model}}/decoding/accuracy.parquet", model=MODELS),
        summaries=expand(f"{RESULTS}/{{model}}/training/summary.parquet", model=MODELS),
        rates=expand(f"{RESULTS}/{{model}}/messages/rates.parquet", model=MODELS),
        coherence=expand(f"{RESULTS}/{{model}}/feels/coherence.parquet", model=MODELS),
        corpora=expand(f"{RESULTS}/{{model}}/decoding/corpora.parquet", model=MODELS),
        gates=expand(f"{RESULTS}/{{model}}/gates.parquet", model=MODELS),
        effects=expand(f"{RESULTS}/{{model}}/slopes/effects.parquet", model=MODELS),
        by_depth=expand(f"{RESULTS}/{{model}}/slopes/by_depth.parquet", model=MODELS),
        spans=expand(f"{RESULTS}/{{model}}/slopes/spans.parquet", model=MODELS),
        choices=expand(f"{RESULTS}/{{model}}/choices/{{behaviour}}_effects.parquet", model=MODELS, behaviour=CHOICE_SETS),
        transcripts=[
            transcript(model, behaviour, steering)
            for model in MODELS
            for behaviour in SAMPLED_SETS
            for steering in ("unsteered", "steered")
        ],
        labels=expand(
            f"{RESULTS}/{{model}}/labels/{{behaviour}}_{{steering}}.parquet",
            model=MODELS, behaviour=SAMPLED_SETS, steering=("unsteered", "steered"),
        ),
        validation=[VALIDATION, *VALIDATION_BESIDE, OUTCOME_VALIDATION],
        emotions=[EMOTION_VALIDATION, *EMOTION_VALIDATION_BESIDE, *expand(ARMS_BESIDE, model=MODELS)],
        expression=expand(f"{RESULTS}/{{model}}/circuits/expression_slopes.parquet", model=MODELS),
        experiments=EXPERIMENT_TABLE,
        experiment_schema=EXPERIMENT_SCHEMA,
        models=ancient(MODEL_TABLE),
        weights=expand(f"{WEIGHTS}/{{model}}/converted", model=list(dict.fromkeys([*MODELS, *JUDGES]))),
        engine=ENGINE_BENCHMARK,
        # Waited for, so that their run times are in the table; their content is not read.
        figures=FIGURES,
        code=library_of("report/write_tables"),
    output:
        [f"{PAPER}/generated/{name}.tex" for name in TABLE_NAMES],
    log:
        f"{LOGS}/write_tables.log",
    benchmark:
        f"{BENCHMARKS}/write_tables.jsonl"
    params:
        models=MODELS,
        judge=JUDGE,
        sampled=SAMPLED_SETS,
        benchmark_folders=BENCHMARK_FOLDERS,
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/report/write_tables.py"


rule typeset_paper:
    message:
        "Typesetting the paper"
    input:
        main=f"{PAPER_SOURCES}/main.tex",
        sources=paper_sources(),
        macros=f"{PAPER}/generated/macros.tex",
        tables=[f"{PAPER}/generated/{name}.tex" for name in TABLE_NAMES],
        figures=FIGURES,
        code=library_of("report/typeset_paper"),
    output:
        f"{PAPER}/main.pdf",
    log:
        f"{LOGS}/typeset_paper.log",
    benchmark:
        f"{BENCHMARKS}/typeset_paper.jsonl"
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/report/typeset_paper.py"


rule write_results:
    message:
        "Every claim with its numbers and where they come from"
    input:
        results=JUDGED,
        claims=CLAIM_FILES,
        schema=CLAIM_SCHEMA,
        register=FIGURE_REGISTER,
        overlap=TEXTUAL_OVERLAP,
        sections=[file for file in paper_sources() if file.endswith(".tex")],
        placebo=[placebo_reference()] if placebo_reference() else [],
        code=library_of("report/write_results"),
    output:
        page=report(CLAIM_PAGE, caption="../report/results.rst", category="Claims"),
        verdicts=report(f"{FOLDERS['results']}/verdicts.csv", caption="../report/verdicts.rst", category="Claims"),
    log:
        f"{LOGS}/write_results.log",
    benchmark:
        f"{BENCHMARKS}/write_results.jsonl"
    params:
        stages={path.stem: path.parent.name for path in sorted(STEPS.glob("*/*.py")) if path.stem in EVIDENCE},
        stimuli=EVIDENCE,
        folder=FOLDERS["results"],
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/report/write_results.py"


if config["readme"]:

    rule write_readme:
        message:
            "Findings in words and measured times of the README"
        input:
            results=JUDGED,
            claims=CLAIM_FILES,
            schema=CLAIM_SCHEMA,
            findings=FINDINGS,
            placebo=[placebo_reference()] if placebo_reference() else [],
            times=RUN_TIMES,
            code=library_of("report/write_readme"),
        output:
            readme_file=update(README),
        log:
            f"{LOGS}/write_readme.log",
        benchmark:
            f"{BENCHMARKS}/write_readme.jsonl"
        params:
            tier=config["tier"],
        conda:
            "../../environment.yml"
        script:
            "../../scripts/steps/report/write_readme.py"


# Everything that is made from the tables that a full run publishes.
MADE_FROM_TABLES = [
    *FIGURES,
    CLAIM_PAGE,
    f"{PAPER}/generated/macros.tex",
    f"{PAPER}/generated/claim_table.tex",
    f"{PAPER}/main.pdf",
]
