"""Figures of the study, all drawn by one rule from the register, and the list of them."""

from emotion_vectors.figures import register

FIGURE_REGISTER = register.REGISTER
try:
    REGISTER = register.load(CLAIMS)
except register.RegisterError as error:
    raise WorkflowError(str(error)) from None

FIGURES = expand(f"{FOLDERS['figures']}/{{figure}}.{{format}}", figure=REGISTER, format=("pdf", "png"))
# The placebo of the default study says nothing about the rules of another one.
REFERENCES_OF_STUDY = "workflow/reference" if config["tier"] == "default" else ""


def data_of(wildcards):
    """Files that a figure is drawn from, by parameter of its script."""
    return REGISTER[wildcards.figure].data(READ, REFERENCES_OF_STUDY, model=MODELS, behaviour=DOSED_SETS)


rule plot_figure:
    message:
        "Figure: {params.text[title]}"
    input:
        unpack(data_of),
        code=lambda wildcards: library_of(f"figures/plot_{wildcards.figure}"),
    output:
        pdf=report(
            f"{FOLDERS['figures']}/{{figure}}.pdf",
            caption="../report/figure.rst",
            category=lambda wildcards: REGISTER[wildcards.figure].category,
            labels={"figure": "{figure}", "format": "PDF"},
        ),
        png=report(
            f"{FOLDERS['figures']}/{{figure}}.png",
            caption="../report/figure.rst",
            category=lambda wildcards: REGISTER[wildcards.figure].category,
            labels={"figure": "{figure}", "format": "PNG"},
        ),
    log:
        f"{LOGS}/plot_figure/{{figure}}.log",
    benchmark:
        f"{BENCHMARKS}/plot_figure/{{figure}}.jsonl"
    wildcard_constraints:
        figure="|".join(REGISTER),
    params:
        study={
            "models": MODELS,
            "millions": list(MILLIONS.values()),
            "main_depth": config["vectors"]["main_depth"],
            "bootstraps": config["statistics"]["bootstraps"],
            "guard_nats": config["steering"]["guard_nats"],
            "expression_gate": CIRCUITS["prompting"],
            "order_nats": config["acts"]["gates"]["order_nats"],
            "seed": seed("plot_figure"),
        },
        text=lambda wildcards: REGISTER[wildcards.figure].text,
    resources:
        **resources_of("table"),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/figures/plot_{wildcards.figure}.py"
