// A text of the reader's own: its words are looked up among those that were read alone, and their readings averaged. No model runs.

const WORD_ROWS = new Map(DATA.words.words.map((word, row) => [word, row]));
const READ_ALONE = DATA.words.models.map(({ emotions, readings }) => (
  { emotions, steps: Int8Array.from(atob(readings), (sign) => sign.charCodeAt(0)) }));
const typed = { text: "" };
const SHOWN_AT_EACH_END = 6;

/** Words as they were looked up when the table was made: in lower case, with a straight apostrophe, without numbers. */
function wordsOf(text) {
  return text.toLowerCase().replaceAll("\u2019", "'").match(/\p{L}+(?:'\p{L}+)*/gu) || [];
}

/** Mean reading of the words that are known, by emotion, from the strongest. */
function meanReading(model, words) {
  const { emotions, steps } = READ_ALONE[model];
  const sums = emotions.map((_, at) => words.reduce((sum, word) => sum + steps[WORD_ROWS.get(word) * emotions.length + at], 0));
  const means = emotions.map((emotion, at) => [emotion, (sums[at] * DATA.words.step) / words.length]);
  return means.sort((one, other) => other[1] - one[1]);
}

/** The part of a page on which a text is typed and its words are read; `model` says whose readings are shown. */
function ownText(model) {
  const answer = element("div", { id: "own-reading" });
  const draw = () => {
    const words = wordsOf(typed.text);
    const known = words.filter((word) => WORD_ROWS.has(word));
    const unknown = [...new Set(words.filter((word) => !WORD_ROWS.has(word)))];
    answer.replaceChildren(...readingShown(model(), words, known, unknown).filter(Boolean));
  };
  const box = element("textarea", { id: "own-text", rows: "3", oninput: (event) => { typed.text = event.target.value; draw(); announceReading(answer); } }, typed.text);
  const left = DATA.words.left_out ? ` The page has no room for ${DATA.words.left_out} rarer ones.` : "";
  const section = element("section", { "aria-labelledby": "own-heading" },
    element("h2", { id: "own-heading" }, "A text of your own"),
    element("p", { class: "soft" }, "No model reads what you type. The page looks up each word among ",
      `${DATA.words.words.length} words that the model has read alone, and takes the mean: word order, negation and all that a word means in its place are lost, and “the” weighs as much as “terrified”. What a reader would name first need not stand first here; words typed one by one say more.${left} `,
      element("code", {}, "python -m emotion_vectors read"), " has the model read the text itself."),
    element("form", {}, element("label", { class: "own" }, "Text in English", box)),
    answer);
  draw();
  return { section, draw };
}

function announceReading(answer) {
  announce(answer.querySelector("p")?.textContent || "");
}

function readingShown(model, words, known, unknown) {
  if (!words.length) return [];
  const missing = unknown.length ? element("p", { id: "unknown-words" }, `Not among the words that were read: ${unknown.join(", ")}.`) : null;
  if (!known.length) return [element("p", {}, "None of these words was read."), missing];
  const means = meanReading(model, known);
  const row = ([emotion, mean]) => [emotion, Number(mean.toFixed(2))];
  const strongest = means.slice(0, SHOWN_AT_EACH_END), weakest = means.slice(-SHOWN_AT_EACH_END).reverse();
  const unit = "mean over the words, above running text of the study, in standard deviations over all words that were read";
  return [
    element("p", {}, `${known.length} of ${words.length} words read, most of all ${strongest[0][0]}, least of all ${weakest[0][0]}.`),
    missing,
    table(`Strongest emotions, ${unit}`, ["Emotion", "Reading"], strongest.map(row)),
    table(`Weakest emotions, ${unit}`, ["Emotion", "Reading"], weakest.map(row)),
  ];
}
