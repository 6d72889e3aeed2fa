"""Lines of a set in the form of their schema, each id once."""

from __future__ import annotations

from emotion_vectors.artefacts.schemas import schema
from emotion_vectors.stimuli.files import PathLike, Record, excerpt, read_json_lines, reject, repetitions


def read_lines(file: PathLike, name: str) -> list[Record]:
    """Every line of a file.

    Args:
        name: of the schema in `workflow/schemas`.
    Raises:
        StimulusError: the file or a line cannot be read, breaks the schema, or has the id of an earlier one (all are listed).
    """
    records, validator = read_json_lines(file), schema(name)
    remedy = f"see workflow/schemas/{name}.schema.yaml"
    reject(
        [
            record.problem(f"{error.json_path}: {excerpt(error.message)}", remedy)
            for record in records
            for error in validator.iter_errors(record.value)
        ]
    )
    reject(repetitions(records, [record.value["id"] for record in records]))
    return records
