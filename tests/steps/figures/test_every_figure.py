"""What holds for every figure of the register: names, sizes of text, provenance, and that a single model can be drawn."""

import importlib
import inspect

import pytest
from matplotlib.text import Text

from emotion_vectors.figures import saving, style
from tests.steps.figures.conftest import MODELS, REGISTER

GIVEN = {"pdf", "png", "study", "text"}


@pytest.mark.parametrize("name", REGISTER)
def test_a_script_takes_what_the_register_hands_over(name):
    parameters = inspect.signature(importlib.import_module(f"steps.figures.plot_{name}").main).parameters
    entry = REGISTER[name]
    assert set(parameters) == GIVEN | {*entry.inputs, *entry.files, *entry.references}


@pytest.mark.parametrize("name", REGISTER)
def test_files_embed_their_fonts_title_caption_and_provenance(name, drawn, folder):
    drawn(name)
    content = (folder / f"{name}.pdf").read_bytes()
    assert b"/FontFile2" in content
    assert b"/Type3" not in content
    assert b"/CreationDate" not in content
    for file in (folder / f"{name}.pdf", folder / f"{name}.png"):
        known = saving.of_figure(file)
        assert (known["rule"], known["git_commit"]) == ("plot_figure", "0" * 40)


@pytest.mark.parametrize("name", REGISTER)
def test_texts_can_be_read_and_name_the_models(name, drawn):
    texts = [text for text in drawn(name).findobj(Text) if text.get_text() and text.get_visible()]
    small = [text.get_text() for text in texts if text.get_fontsize() < style.SMALL]
    assert not small
    assert not [text.get_text() for text in texts if "-0" in text.get_text()], "numbers have a true minus sign"
    said = " ".join(text.get_text() for text in texts).replace("\n", "")
    assert all(model in said for model in MODELS)


@pytest.mark.parametrize("name", REGISTER)
def test_titles_labels_and_legends_keep_apart_and_inside(name, drawn):
    figure = drawn(name)
    figure.draw_without_rendering()
    texts = [
        text for axes in figure.axes for text in (axes.title, axes.xaxis.label, axes.yaxis.label) if text.get_text()
    ]
    boxes = [(item.get_window_extent(), str(item)) for item in (*texts, *figure.legends)]
    for place, (box, text) in enumerate(boxes):
        assert not [other for there, other in boxes[:place] if box.overlaps(there)], text
        assert figure.bbox.x0 - 2 <= box.x0, text
        assert box.x1 <= figure.bbox.x1 + 2, text


@pytest.mark.parametrize(
    "name",
    [
        "act_effects",
        "act_gates",
        "circumplex",
        "conduct_slopes",
        "cosine_matrix",
        "pleasing_plane",
        "similarity_across_depth",
    ],
)
def test_a_study_of_one_model_is_drawn(name, draw, tmp_path):
    draw(name, tmp_path, MODELS[:1])
    assert (tmp_path / f"{name}.pdf").stat().st_size > 2000
