"""What words alone give: planted words are found, held-out words do not help, and linear traces of words are removed."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge, RidgeCV

from emotion_vectors.decoding import hit_tables, nearest_direction, word_baselines

LAYERS = 2


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_words_decode_texts_that_repeat_their_emotions_words():
    words = [["river", "quiet"], ["storm", "wind"], ["letter", "desk"]]
    texts = np.array([[f"the {a} and the {b} of topic{t}" for a, b in words] for t in range(4)], dtype=object)
    assert word_baselines.word_hits(texts, hit_tables.leave_one_out(4)).all()


def test_words_seen_only_in_the_held_out_topic_do_not_help():
    texts = np.array([[f"same text {word}" for word in ("one", "two", "six")] for _ in range(4)], dtype=object)
    texts[3] = ["alpha same", "beta same", "gamma same"]
    hits = word_baselines.word_hits(texts, [([0, 1, 2], [3])])
    assert hits.shape == (1, 3)
    assert hits.sum() <= 1


def test_word_weights_know_the_training_topics_only():
    texts = np.array(
        [["calm river", "wild storm"], ["quiet river", "loud storm"], ["deep lake", "high hill"]], dtype=object
    )
    cells, vectoriser = word_baselines.word_cells(texts, [0, 1])
    assert set(vectoriser.get_feature_names_out()) == {"calm", "quiet", "river", "wild", "loud", "storm"}
    assert cells.shape == (3, 2, 1, 6)
    assert not cells[2].any()


def test_words_shared_by_all_emotions_of_a_topic_decide_nothing():
    """As with activations, the mean of the training texts is taken away before texts are compared."""
    texts = np.array([[f"town town town {word}" for word in ("joy", "grief")] for _ in range(4)], dtype=object)
    assert word_baselines.word_hits(texts, hit_tables.leave_one_out(4)).all()


@pytest.fixture
def word_setting():
    """Embeddings that carry a label-bound signal, and a linear map from embeddings to activations."""
    topics, emotions, width = 20, 4, 8
    embeddings = noise(topics, emotions, width, seed=1) + 2 * noise(1, emotions, width, seed=2)
    mapped = torch.stack([embeddings @ noise(width, width, seed=layer) for layer in range(LAYERS)], dim=2)
    return embeddings, mapped


def test_what_word_embeddings_predict_linearly_is_removed(word_setting):
    embeddings, mapped = word_setting
    folds = hit_tables.leave_one_out(len(mapped))
    cells = mapped + 0.3 * noise(*mapped.shape, seed=7)
    residual = word_baselines.word_residual_cells(cells, embeddings)
    assert nearest_direction.held_out_hits(cells, folds).mean() > 0.8
    assert residual.var() < 0.05 * cells.var()
    assert nearest_direction.held_out_hits(residual, folds).mean() < 0.45


def test_what_word_embeddings_do_not_predict_is_kept(word_setting):
    embeddings, mapped = word_setting
    plain = noise(*embeddings.shape, seed=30)
    signal = 3 * noise(1, mapped.shape[1], LAYERS, mapped.shape[-1], seed=31)
    residual = word_baselines.word_residual_cells(mapped * 0.1 + signal, plain)
    assert nearest_direction.held_out_hits(residual, hit_tables.leave_one_out(len(mapped))).mean() > 0.95


def test_word_residuals_of_a_topic_do_not_depend_on_fitting_it(word_setting):
    embeddings, mapped = word_setting
    changed = mapped.clone()
    changed[5] += noise(*mapped.shape[1:], seed=8)
    before, after = (word_baselines.word_residual_cells(cells, embeddings)[5] for cells in (mapped, changed))
    torch.testing.assert_close(after - before, changed[5] - mapped[5], atol=1e-4, rtol=0)


def test_ridge_prediction_is_that_of_the_library_at_the_chosen_penalty(monkeypatch: pytest.MonkeyPatch):
    generator = torch.Generator().manual_seed(3)
    inputs, new = torch.randn(60, 8, generator=generator), torch.randn(5, 8, generator=generator)
    outputs = inputs @ torch.randn(8, 30, generator=generator) + torch.randn(60, 30, generator=generator) + 2
    for penalty in (0.1, 10.0, 1000.0):
        monkeypatch.setattr(word_baselines, "RIDGE_PENALTIES", (penalty,))
        library = Ridge(alpha=penalty).fit((inputs / inputs.double().std()).numpy(), outputs.numpy())
        expected = library.predict((new / inputs.double().std()).numpy())
        ours = word_baselines.ridge_prediction(inputs, outputs, new).numpy()
        np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("signal", "least", "most"), [(10.0, 0.1, 1.0), (0.0, 1e3, 1e5)])
def test_the_penalty_follows_the_signal(signal: float, least: float, most: float):
    """Strong linear signal asks for little shrinkage, none at all for the most that is offered."""
    generator = torch.Generator().manual_seed(4)
    inputs = torch.randn(200, 20, generator=generator)
    outputs = signal * inputs @ torch.randn(20, 50, generator=generator) + torch.randn(200, 50, generator=generator)
    ours = word_baselines.ridge_prediction(inputs, outputs, inputs[:7])
    scaled = (inputs / inputs.double().std()).double().numpy()
    library = RidgeCV(alphas=word_baselines.RIDGE_PENALTIES).fit(scaled, outputs.double().numpy())
    assert least <= library.alpha_ <= most
    np.testing.assert_allclose(ours.numpy(), library.predict(scaled[:7]), atol=0.05)
