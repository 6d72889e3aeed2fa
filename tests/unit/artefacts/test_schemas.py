"""The loader of schemas, and the schemas of this project."""

import jsonschema
import pytest

from emotion_vectors.artefacts import schemas


@pytest.mark.parametrize("name", sorted(file.name.removesuffix(".schema.yaml") for file in schemas.SCHEMAS.iterdir()))
def test_every_schema_is_one_and_says_what_it_describes(name):
    content = schemas.schema(name).schema
    assert content["description"]
    assert content["type"] in {"object", "array"}


def test_a_wrong_schema_is_refused(tmp_path):
    wrong = tmp_path / "wrong.schema.yaml"
    wrong.write_text("type: sentence\n", encoding="utf-8")
    with pytest.raises(jsonschema.SchemaError, match="sentence"):
        schemas.validator(wrong)
