"""The paper, from macros and tables to the PDF, and the generated parts of the README."""

import os
from itertools import product


def paper_sources():
    """Everything that LaTeX reads and nobody generates."""
    files = [Path(PAPER_SOURCES, name) for name in ("main.tex", "references.bib", "latexmkrc")]
    return [str(file) for file in files + sorted(Path(PAPER_SOURCES, "sections").glob("*.tex"))]


# Models whose cards are made from their weights; those that are taken keep their published ones.
DESCRIBED_ANEW = [model for model in dict.fromkeys([*MODELS, *JUDGES]) if model not in PUBLISHED_MODELS]


if not config["rebuild"]:

    rule collect_facts:
        message:
            "What the paper says of the study besides its claims"
        input:
            stories=f"{RESULTS}/stories.parquet",
            stimuli=STIMULI_REPORT,
            behaviours=expand(BEHAVIOUR_REPORT, behaviour=BEHAVIOUR_SETS),
            heatmaps=expand(f"{RESULTS}/{{model}}/messages/heatmap.parquet", model=MODELS),
            correlations=expand(f"{RESULTS}/{{model}}/geometry/correlations.parquet", model=MODELS),
            events=EVENT_REPORT,
            overlap=TEXTUAL_OVERLAP,
            emotions=EMOTION_VALIDATION,
            hands=SAMPLED_VALIDATIONS[0],
            groups=expand(GROUPS, model=MODELS),
            sizes=expand(CIRCUIT_SIZES, model=MODELS),
            gates=expand(EXPRESSION_GATE, model=MODELS),
            silencing=expand(HEAD_CHECK, model=MODELS),
            weights=expand(f"{WEIGHTS}/{{model}}/converted", model=DESCRIBED_ANEW),
            told=expand(TOLD, model=PUBLISHED_MODELS),
            transcripts=[transcript(*sampled) for sampled in product(MODELS, SAMPLED_SETS, STEERING)],
            labels=expand(LABELS, model=MODELS, behaviour=SAMPLED_SETS, steering=STEERING),
            code=library_of("report/collect_facts"),
        output:
            facts=FACTS,
            replies=SHOWN_REPLIES,
        log:
            f"{LOGS}/collect_facts.log",
        benchmark:
            f"{BENCHMARKS}/collect_facts.jsonl"
        params:
            models=MODELS,
            sampled=SAMPLED_SETS,
            rows={
                model: {
                    **{key: getattr(MODEL_ROWS[model], key) for key in ("licence", "template", "tier")},
                    "dtype": precision.of_study([MODEL_ROWS[model].dtype], FAST),
                    "source": MODEL_ROWS[model].sources[0],
                }
                for model in DESCRIBED_ANEW
            },
            settings={
                name: config[name] for name in ("vectors", "statistics", "steering", "behaviour", "gates", "circuits")
            },
            date=config["conversation"]["date"],
        resources:
            **resources_of("table"),
        conda:
            "../../environment.yml"
        script:
            "../../scripts/steps/report/collect_facts.py"


rule write_macros:
    message:
        "Numbers of the paper's text, its sentences held against them"
    input:
        results=f"{RESULTS}/claims.json",
        claims=CLAIM_FILES,
        schema=CLAIM_SCHEMA,
        facts=FACTS,
        placebo=PLACEBO_SHOWN,
        validity=VALIDITY_SHOWN,
        choices=OTHER_CHOICES,
        sources=[file for file in paper_sources() if file.endswith(".tex")],
        figures=[f"{FOLDERS['figures']}/{name}.pdf" for name in REGISTER],
        citation="CITATION.cff",
        code=library_of("report/write_macros"),
    output:
        macro_file=f"{PAPER}/generated/macros.tex",
    log:
        f"{LOGS}/write_macros.log",
    benchmark:
        f"{BENCHMARKS}/write_macros.jsonl"
    params:
        tier=config["tier"],
        sources_folder=PAPER_SOURCES,
        # From the folder of the PDF, which is where its readers follow a link from.
        explorer=Path(os.path.relpath(EXPLORER, PAPER)).as_posix(),
        texts={name: figure.text for name, figure in REGISTER.items()},
    resources:
        **resources_of("table"),
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
        facts=FACTS,
        replies=SHOWN_REPLIES,
        accuracy=expand(f"{RESULTS}/{{model}}/decoding/accuracy.parquet", model=MODELS),
        summaries=expand(f"{RESULTS}/{{model}}/training/summary.parquet", model=MODELS),
        rates=expand(f"{RESULTS}/{{model}}/messages/rates.parquet", model=MODELS),
        coherence=expand(f"{RESULTS}/{{model}}/feels/coherence.parquet", model=MODELS),
        corpora=expand(f"{RESULTS}/{{model}}/decoding/corpora.parquet", model=MODELS),
        gates=expand(f"{RESULTS}/{{model}}/gates.parquet", model=MODELS),
        effects=expand(f"{RESULTS}/{{model}}/slopes/effects.parquet", model=MODELS),
        by_depth=expand(f"{RESULTS}/{{model}}/slopes/by_depth.parquet", model=MODELS),
        spans=expand(f"{RESULTS}/{{model}}/slopes/spans.parquet", model=MODELS),
        choices=expand(
            f"{RESULTS}/{{model}}/choices/{{behaviour}}_effects.parquet", model=MODELS, behaviour=CHOICE_SETS
        ),
        act_effects=expand(f"{RESULTS}/{{model}}/acts/effects.parquet", model=MODELS),
        validation=[VALIDATION, *VALIDATION_BESIDE, OUTCOME_VALIDATION],
        emotions=EMOTION_VALIDATION,
        emotions_beside=[*EMOTION_VALIDATION_BESIDE, *expand(ARMS_BESIDE, model=MODELS)],
        hands=SAMPLED_VALIDATIONS,
        expression_slopes=expand(f"{RESULTS}/{{model}}/circuits/expression_slopes.parquet", model=MODELS),
        engine=ENGINE_BENCHMARKS,
        precisions=PRECISIONS_SHOWN,
        validity=VALIDITY_SHOWN,
        differences=DIFFERENCES,
        times=f"{RESULTS}/run_times.json",
        model_table=ancient(MODEL_TABLE),
        deviations="workflow/report/deviations.yaml",
        after="workflow/schemas/deviations.schema.yaml",
        code=library_of("report/write_tables"),
    output:
        tables=[f"{PAPER}/generated/{name}.tex" for name in TABLE_NAMES],
    log:
        f"{LOGS}/write_tables.log",
    benchmark:
        f"{BENCHMARKS}/write_tables.jsonl"
    params:
        models=MODELS,
        judge=JUDGE,
        experiments={name: list(each.emotions) for name, each in EXPERIMENTS.items()},
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/report/write_tables.py"


rule typeset_paper:
    message:
        "Typesetting the paper"
    input:
        main_file=f"{PAPER_SOURCES}/main.tex",
        after=[
            *paper_sources()[1:],
            f"{PAPER}/generated/macros.tex",
            *[f"{PAPER}/generated/{name}.tex" for name in TABLE_NAMES],
            *FIGURES,
        ],
        code=library_of("report/typeset_paper"),
    output:
        pdf=report(f"{PAPER}/main.pdf", caption="../report/paper.rst", category="Paper"),
    log:
        f"{LOGS}/typeset_paper.log",
    benchmark:
        f"{BENCHMARKS}/typeset_paper.jsonl"
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/report/typeset_paper.py"


rule write_pages:
    message:
        "Every claim with its numbers and where they come from, and the list of figures"
    input:
        results=JUDGED,
        claims=CLAIM_FILES,
        schema=CLAIM_SCHEMA,
        register=FIGURE_REGISTER,
        overlap=TEXTUAL_OVERLAP,
        findings=FINDINGS,
        sections=[file for file in paper_sources() if file.endswith(".tex")],
        placebo=PLACEBO_SHOWN,
        code=library_of("report/write_pages"),
    output:
        page=report(CLAIM_PAGE, caption="../report/results.rst", category="Claims"),
        verdicts=report(f"{FOLDERS['results']}/verdicts.csv", caption="../report/verdicts.rst", category="Claims"),
        listing=f"{FOLDERS['figures']}/README.md",
    log:
        f"{LOGS}/write_pages.log",
    benchmark:
        f"{BENCHMARKS}/write_pages.jsonl"
    params:
        tier=config["tier"],
        stages={path.stem: path.parent.name for path in map(Path, STEPS_OF_EVIDENCE)},
        stimuli=EVIDENCE,
        folder=FOLDERS["results"],
        models=MODELS,
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/report/write_pages.py"


if config["readme"]:

    rule write_readme:
        message:
            "Findings in words and measured times of the README"
        input:
            results=JUDGED,
            claims=CLAIM_FILES,
            schema=CLAIM_SCHEMA,
            findings=FINDINGS,
            placebo=PLACEBO_SHOWN,
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
        resources:
            **resources_of("table"),
        conda:
            "../../environment.yml"
        script:
            "../../scripts/steps/report/write_readme.py"
