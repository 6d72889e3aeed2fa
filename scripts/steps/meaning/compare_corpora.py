"""Cosine between the vectors of one emotion from the two story corpora, by layer: robustness to style."""

import pandas as pd
import torch
from safetensors.torch import load_file

from emotion_vectors.artefacts import files, step
from emotion_vectors.statistics import algebra


def cosines_of(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Cosines [layer, emotion, emotion] between two sets of vectors [emotion, layer, d_model]."""
    return torch.einsum("eld,fld->lef", algebra.unit(left), algebra.unit(right))


def main(variants_file: str, output_file: str, *, corpora):
    variants = load_file(variants_file)
    pairs = {
        "two corpora": [f"{corpus}_alone" for corpus in corpora],
        "two halves of the topics": ["half_of_the_topics", "other_half_of_the_topics"],
    }
    tables = []
    for comparison, names in pairs.items():
        cosines = cosines_of(*(variants[name] for name in names))
        count = cosines.shape[-1]
        matched = cosines.diagonal(dim1=-2, dim2=-1).mean(-1)
        mismatched = (cosines.sum((-1, -2)) - matched * count) / (count * (count - 1))
        table = (
            pd.DataFrame({"matched_cosine": matched, "mismatched_cosine": mismatched})
            .rename_axis("layer")
            .reset_index()
        )
        tables.append(table.assign(comparison=comparison))
    files.write_table(pd.concat(tables, ignore_index=True), output_file)


if __name__ == "__main__":
    with step.frame(snakemake):
        main(snakemake.input.variants, snakemake.output[0], corpora=snakemake.params.corpora)
