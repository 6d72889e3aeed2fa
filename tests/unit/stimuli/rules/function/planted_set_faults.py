"""What spoils the first line of a file of the sets on function, and what is said of it."""


def put(*path):
    """An edit that sets what lies at a path of a line to its last element."""
    *keys, last, value = path

    def spoil(item):
        for key in keys:
            item = item[key]
        item[last] = value

    return spoil


LONG = "one more word " * 30
SHORT = "The boat lay still and the gulls had gone to sleep on it."
FAULTS = {
    ("states/situations", "reply expected"): (
        lambda item: item.pop("replies"),
        "a reply that is .*; give it replies unless",
    ),
    ("states/situations", "wordings alike"): (
        lambda item: item["prompts"].__setitem__(1, item["prompts"][0]),
        "the wordings share 100% of their four-word runs; say one of them otherwise",
    ),
    ("states/situations", "emotion word"): (
        put("replies", "calm", 0, "You may be glad that the form is short and easy."),
        "'glad'",
    ),
    ("states/situations", "short reply"): (
        put("replies", "calm", 0, "Write it down."),
        "has 3 words; write 8 to 20 words",
    ),
    ("states/situations", "uneven replies"): (
        put(
            "replies",
            "calm",
            [
                "The form can be found on a page with that name.",
                "It is on the page that bears its very name.",
                "Look for the form on the page of that name.",
            ],
        ),
        r"replies of \d+ words if calm and of \d+ if agitated; keep",
    ),
    ("states/situations", "unknown user"): (
        put("user", "tipsy"),
        r"\$.user: 'tipsy' is not one of .*; see workflow/schemas",
    ),
    ("negations/negations", "other sentence negated"): (
        put("negated", "more"),
        "'more' is not the one that is negated",
    ),
    ("negations/negations", "other end"): (
        put("less", "When the results were pinned up, Dora was not happy."),
        "only the last 0 words",
    ),
    ("negations/negations", "other words"): (
        put("less", "As soon as lists had gone up, Dora was not happy with the place she had got."),
        "words of one sentence are not in the other; at most 4",
    ),
    ("negations/negations", "emotion not named"): (
        put("less", "When the results were pinned up, Dora was not at ease with the place she had got."),
        "'less' names no emotion; name 'happy' and no other",
    ),
    ("negations/prefixes", "unknown emotion"): (put("emotions", ["happy", "merry"]), "'merry' is not one of"),
    ("negations/prefixes", "uneven prefixes"): (
        put("prefixes", 0, "The doctor had said yes to it."),
        "bring them within 3",
    ),
    ("negations/prefixes", "emotion word"): (
        put("suffix", "She felt lonely and sat down on the bench outside."),
        "'lonely'",
    ),
    ("speakers/dialogues", "unbalanced"): (
        put("emotions", ["excited", "bored"]),
        "3 items of excited and bored, not 2; write or remove",
    ),
    ("speakers/dialogues", "label"): (
        put("turns", 0, "Assistant, bring me the long ladder from the shed behind the house."),
        "'assistant' is a label of a speaker in prompts",
    ),
    ("speakers/dialogues", "exclamation"): (
        put("turns", 0, "They have opened the big slide, come and have a look at it!"),
        "too many exclamation marks; end the sentence with a full stop",
    ),
    ("speakers/dialogues", "long"): (put("turns", 0, LONG), "words; write 36 to 80 words"),
    ("activities/activities", "full stop"): (
        put("text", "teach a goat to walk along a narrow wall."),
        "is more than a phrase after 'to'",
    ),
    ("activities/activities", "category"): (put("category", "social"), "9 items of social, not 8"),
    ("activities/gate_pairs", "uneven"): (
        put("worse", "send a lost boy away from all of his parents at the big fair"),
        "bring them within 2",
    ),
    ("prompts/prompts", "not plain"): (
        put("text", "What is the price of a caf\u00e9 au lait?"),
        "'\u00e9' is not plain ASCII; use plain quotes",
    ),
    ("hidden/dialogues", "shown is hidden"): (put("shown", "excited"), "excited and excited is no cell of the design"),
    ("hidden/dialogues", "emotion named"): (
        put("preamble", "Inside she is happy, which she keeps from all the others there."),
        "'happy'",
    ),
    ("hidden/dialogues", "three turns"): (
        lambda item: item["turns"].pop(),
        r"\$.turns: .*; see workflow/schemas/hidden.schema.yaml",
    ),
    ("capability/items", "same answers"): (
        put("options", {"A": "a hen", "B": "a hen"}),
        "both answers are the same; correct the wrong one",
    ),
    ("capability/items", "uneven answers"): (
        put("options", {"A": "a hen", "B": "a very large cow"}),
        "have 2 and 4 words; make them equal",
    ),
    ("capability/items", "strange text"): (
        put("text", "A hen."),
        "'text' of an item on facts; only grammar, reading, code have it",
    ),
    ("capability/items", "letters"): (
        lambda item: item.update(answer="AB".replace(item["answer"], "")),
        "items on facts, 2[46] are answered by A",
    ),
    ("framings/framings", "uneven"): (put("neutral", SHORT), "have 16 and 13 words; make them equal"),
    ("framings/framings", "marks"): (
        put("neutral", "My folder has three sheets left to fill and this is the next question on one"),
        "not punctuated alike",
    ),
    ("framings/framings", "paperwork"): (
        put("vivid", "The harbour wall has nine gulls along it, and a red page is over the water."),
        "'page' in the vivid frame; speak of nothing that is read or written",
    ),
    ("framings/framings", "vivid"): (put("vivid", SHORT), "have 16 and 13 words; make them equal"),
    ("framings/framings", "letters"): (
        put("neutral", "My old box has two or more lids to it, but I do so on and on."),
        "letters; bring them within 10",
    ),
}
"""File of a set and kind of fault -> what spoils its first line, and what is said of it."""
