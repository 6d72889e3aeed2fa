"""Reference numbers: `snakemake verify` holds a run against them, `snakemake reference` writes them anew."""

import hashlib

REFERENCE = f"workflow/reference/{config['tier']}.json"
ENGINE_REFERENCE = ["workflow/reference/engine_benchmark.json"] if config["tier"] == "default" else []


def digest_of_reference():
    """SHA-256 of the reference file, so that another reference repeats the comparison."""
    file = Path(REFERENCE)
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else "missing"


# The reference is a parameter and no input: as an input it would be written from the very run that is to be verified.
rule verify_reference:
    message:
        "Results held against {params.reference}"
    input:
        results=f"{RESULTS}/claims.json",
        code=library_of("claims/verify_reference"),
    output:
        f"{RESULTS}/verification.json",
    log:
        f"{LOGS}/verify_reference.log",
    benchmark:
        f"{BENCHMARKS}/verify_reference.jsonl"
    params:
        reference=REFERENCE,
        reference_sha256=digest_of_reference(),
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/claims/verify_reference.py"


rule write_reference:
    message:
        "Reference numbers of tier " + config["tier"]
    input:
        results=f"{RESULTS}/claims.json",
        engine=ENGINE_BENCHMARK,
        code=library_of("claims/write_reference"),
    output:
        REFERENCE,
        ENGINE_REFERENCE,
    log:
        f"{LOGS}/write_reference.log",
    benchmark:
        f"{BENCHMARKS}/write_reference.jsonl"
    conda:
        "../../environment.yml"
    script:
        "../../scripts/steps/claims/write_reference.py"


rule reference:
    input:
        REFERENCE,
    localrule: True


# Without an output, so that the answer is printed each time it is asked for.
rule verify:
    input:
        f"{RESULTS}/verification.json",
    localrule: True
    shell:
        "sed -n 's/.*\"summary\": \"\\(.*\\)\".*/\\1/p' {input}"
