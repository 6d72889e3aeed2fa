// Items with what each model makes of them, sampled replies, and emotions on the plane.

const ITEMS = new Map(DATA.items.map((item) => [item.id, item]));
const wanted = { set: "", words: "" };
const heard = { model: "", set: "", label: "" };
const seen = { model: 0, axes: "components" };
const AXES = {
  components: ["pc1", "pc2", "first component of the vectors", "second component"],
  ratings: ["valence", "arousal", "valence, as people rate it", "arousal, as people rate it"],
};

function hasExperiment(item, name) {
  return DATA.readings.some((of) => (of.slopes.rows[item.id] || []).some((row) => row.experiment === name)
    || (of.changes[item.id] || []).some((row) => row[0] === name)
    || (of.acts.rows[item.id] || []).some((row) => row.experiment === name));
}

function itemsPage() {
  const list = element("ul", { class: "plain", id: "items" });
  const draw = () => {
    const shown = DATA.items.filter((item) => (!wanted.set || item.set === wanted.set)
      && textOf(item).includes(wanted.words.trim().toLowerCase()));
    list.replaceChildren(...shown.map((item) => element("li", {}, link(route("items", item.id), item.id), ` ${item.set}: ${beginning(item)}`)));
    announce(`${shown.length} of ${DATA.items.length} items`);
  };
  const sets = [...new Set(DATA.items.map((item) => item.set))];
  const page = [
    element("h1", {}, "Items"),
    element("form", { role: "search", "aria-label": "Filter items" },
      choice("Set", [["", "all"], ...sets], wanted.set, (value) => { wanted.set = value; draw(); }),
      element("label", {}, "Words in the item",
        element("input", { type: "search", value: wanted.words, oninput: (event) => { wanted.words = event.target.value; draw(); } }))),
    list,
  ];
  draw();
  return page;
}

function textOf(item) {
  return [item.id, item.system, ...Object.values(item.prompts)].join(" ").toLowerCase();
}

function beginning(item) {
  const text = Object.values(item.prompts)[0];
  return text.length > 110 ? `${text.slice(0, 110)}…` : text;
}

function itemPage(id) {
  const item = ITEMS.get(id);
  if (!item) return missingPage(`item ${id}`);
  const replies = DATA.replies.filter((reply) => reply.scenario === id);
  return [
    element("h1", {}, `Item ${id} of ${item.set}`),
    element("h2", {}, "What the model reads"),
    item.system ? folded("System", [item.system], true) : null,
    Object.entries(item.prompts).map(([variant, text], at) => folded(variant === "-" ? "Prompt" : `Prompt, variant “${variant}”`, [text], at === 0)),
    element("h2", {}, "Replies that are compared"),
    Object.entries(item.replies).map(([side, texts]) => folded(`${side} (${texts.length})`, texts, false)),
    DATA.study.models.map((model, at) => readingsOf(item, model, DATA.readings[at])),
    replies.length ? [element("h2", {}, `Sampled replies${leftOut()}`), replies.map(replyShown)].flat() : [],
  ].flat();
}

/** Texts below a line that opens and closes them. */
function folded(name, texts, open) {
  return element("details", { open: open ? "" : null }, element("summary", {}, name), texts.map((text) => element("p", { class: "text" }, text)));
}

function readingsOf(item, model, readings) {
  const of = (tables) => tables[item.id] || [];
  const slopes = of(readings.slopes.rows), changes = of(readings.changes), acts = of(readings.acts.rows);
  const doses = [["token", of(readings.doses)], ["reply", of(readings.act_doses)]].filter(([, rows]) => rows.length);
  if (![slopes, changes, acts, doses].some((rows) => rows.length) && !["doses", "act_doses", "acts"].some((table) => leftOutOf(item, table))) return null;
  return element("section", {},
    element("h2", {}, `What ${model} makes of it`),
    slopes.length ? slopeTable(`Slope of the log-odds at strength zero under each emotion, nats per token at strength 0.1, ${model}`, slopes, readings.slopes.emotions) : null,
    acts.length ? slopeTable(`Effect of each emotion on the act at strength zero: log-odds where it is the act minus where it is none, nats per reply at strength 0.1, ${model}`, acts, readings.acts.emotions) : null,
    element("p", { class: "dosed" }, dosed(item, doses.flatMap(([, rows]) => rows))),
    leftOutOf(item, "acts") ? element("p", { class: "soft" }, `Effects of emotions on this act are left out: the page has no room for those of every item. They are in ${model}/acts/by_scenario.parquet of the results.`) : null,
    doses.map(([unit, rows]) => table(`Change of the log-odds at finite strengths, nats per ${unit}, ${model}`, ["Emotion", "Strength", "Experiment", "Variant", "Change"],
      rows.map(([experiment, variant, emotion, strength, change]) => [emotion, strength, experiment, variant, change]))),
    changes.length ? table(`What orders and contexts change in the log-odds, nats per reply, ${model}`, ["Change", "Experiment", "Log-odds"],
      changes.map(([experiment, change, value]) => [change, experiment, value])) : null);
}

/** Whether rows of an item are left out of a table for want of room. */
function leftOutOf(item, table) {
  return (DATA.readings_left_out[table] || []).includes(item.id);
}

/** Whether an item was given finite strengths, and of what. */
function dosed(item, rows) {
  if (leftOutOf(item, "doses") || leftOutOf(item, "act_doses")) return "Dosed at finite strengths; their rows are left out, since the page has no room for those of every item. They are in the folders steered and acts/steered of the results.";
  if (!rows.length) return "Not dosed: of this item slopes at strength zero alone were measured. Finite strengths are given to the first items of a set, and of acts only where the gates are open.";
  const emotions = [...new Set(rows.map((row) => row[2]))];
  const strengths = [...new Set(rows.map((row) => row[3]))].sort((one, other) => one - other);
  return `Dosed at finite strengths with ${emotions.join(", ")}, at ${strengths.map(signed).join(", ")} of the mean norm.`;
}

function slopeTable(caption, rows, emotions) {
  const value = (row, at) => row.slopes[at] ?? null;
  const most = Math.max(...rows.flatMap((row) => row.slopes.map(Math.abs)), 1e-9);
  const head = ["Emotion", ...rows.flatMap((row) => [[row.experiment, row.variant].filter(Boolean).join(", "), ""])];
  const measured = emotions.map((_, at) => at).filter((at) => rows.some((row) => value(row, at) !== null));
  const order = measured.sort((one, other) => value(rows[0], other) - value(rows[0], one));
  const shown = (row, at) => (value(row, at) === null ? ["", ""] : [value(row, at), bar(value(row, at) / most)]);
  return table(caption, head, order.map((at) => [emotions[at], ...rows.flatMap((row) => shown(row, at))]));
}

/** A bar to either side of zero, for a share of the largest. */
function bar(share) {
  const width = Math.abs(share) * 50;
  const shape = drawn("rect", { class: share < 0 ? "down" : "up", x: share < 0 ? 50 - width : 50, y: 2, width, height: 6 });
  return element("div", { class: "bar", "aria-hidden": "true" }, drawn("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none" }, shape));
}

function repliesPage() {
  const list = element("div", { id: "replies" });
  const draw = () => {
    const shown = DATA.replies.filter((reply) => ["model", "set", "label"].every((name) => !heard[name] || reply[name] === heard[name]));
    list.replaceChildren(...shown.map(replyShown));
    announce(`${shown.length} of ${DATA.replies.length} replies${leftOut()}`);
  };
  const filter = (name, label) => choice(label, [["", "all"], ...new Set(DATA.replies.map((reply) => reply[name]))], heard[name],
    (value) => { heard[name] = value; draw(); });
  const page = [
    element("h1", {}, "Sampled replies"),
    element("p", { class: "soft" }, "Written by the models and labelled by the judge of the study; they say nothing about the people who wrote this page."),
    element("p", { class: "soft", id: "sampling" }, sampledHow(DATA.study.sampling)),
    DATA.replies_left_out ? element("p", { class: "soft", id: "left-out" }, `The page would be too large with every reply${leftOut()}; the transcripts beside it hold them all.`) : null,
    element("form", { "aria-label": "Filter replies" }, filter("model", "Model"), filter("set", "Set"), filter("label", "Label")),
    list,
  ];
  draw();
  return page;
}

/** How replies were drawn and labelled, as the study was configured. */
function sampledHow(sampling) {
  const judge = sampling.judge === "encoder" ? "a regression on the states of a sentence encoder" : `the model ${sampling.judge}`;
  return `Drawn at temperature ${sampling.temperature}, top-p ${sampling.top_p}, with at most ${sampling.new_tokens} new tokens; answers to coding tasks with at most ${sampling.program_tokens}. `
    + `The judge is ${judge}; answers to coding tasks are run, and labelled by what they do.`;
}

/** How many replies the page has no room for, where there are any. */
function leftOut() {
  return DATA.replies_left_out ? `; ${DATA.replies_left_out} more are left out, evenly over all` : "";
}

function replyShown(reply) {
  const steering = reply.emotion ? `${reply.emotion} at ${signed(reply.strength)}` : reply.steering;
  const settings = [reply.model, `variant “${reply.variant}”`, steering, reply.seed === null ? "" : `seed ${reply.seed}`, reply.ended === false ? "cut at the longest length" : ""];
  const item = ITEMS.has(reply.scenario) ? link(route("items", reply.scenario), reply.scenario) : reply.scenario;
  return element("article", {},
    element("p", {}, item, ` · ${settings.filter(Boolean).join(" · ")} · label: `, element("strong", {}, reply.label)),
    element("p", { class: "text" }, reply.text));
}

function planePage() {
  const space = element("div");
  const own = ownText(() => seen.model);
  const draw = () => { own.draw(); space.replaceChildren(plane(DATA.readings[seen.model].plane, ...AXES[seen.axes]), planeTable(DATA.readings[seen.model].plane)); };
  const page = [
    element("h1", {}, "Emotions on the plane"),
    element("form", { "aria-label": "What is drawn" },
      choice("Model", DATA.study.models.map((model, at) => [String(at), model]), String(seen.model), (value) => { seen.model = Number(value); draw(); }),
      choice("Axes", [["components", "components of the vectors"], ["ratings", "human ratings"]], seen.axes, (value) => { seen.axes = value; draw(); })),
    space,
    element("p", { class: "soft" }, "Valence and arousal: Warriner, Kuperman and Brysbaert 2013 (CC BY-NC-ND 3.0)."),
    own.section,
  ];
  draw();
  return page;
}

function plane(emotions, across, up, acrossName, upName) {
  const scale = (name, low, high) => {
    const values = emotions.map((emotion) => emotion[name]);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return (value) => low + (high - low) * (most > least ? (value - least) / (most - least) : 0.5);
  };
  const [x, y] = [scale(across, 60, 640), scale(up, 440, 36)];
  return drawn("svg", { class: "plane", viewBox: "0 0 720 490", role: "img", "aria-label": `Emotions by ${acrossName} and ${upName}; the table below holds the numbers` },
    drawn("line", { x1: 20, y1: 462, x2: 700, y2: 462 }), drawn("line", { x1: 20, y1: 10, x2: 20, y2: 462 }),
    drawn("text", { class: "axis", x: 700, y: 480, "text-anchor": "end" }, `${acrossName} →`),
    drawn("text", { class: "axis", x: 26, y: 14 }, `↑ ${upName}`),
    labelled(emotions.map((emotion) => ({ name: emotion.emotion, x: x(emotion[across]), y: y(emotion[up]) }))));
}

/** Points with their names, each to the side where it covers least of the others. */
function labelled(points) {
  const taken = points.map((point) => ({ left: point.x - 3, right: point.x + 3, top: point.y - 3, bottom: point.y + 3 }));
  return points.map((point) => {
    const width = 4.7 * point.name.length;
    const boxes = [[5, 3], [-5 - width, 3], [-width / 2, -6], [-width / 2, 12]].map(([right, down]) => (
      { left: point.x + right, right: point.x + right + width, top: point.y + down - 8, bottom: point.y + down + 2 }));
    const covered = (box) => taken.filter((other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom).length;
    const best = boxes.reduce((one, other) => (covered(other) < covered(one) ? other : one));
    taken.push(best);
    return drawn("g", {}, drawn("circle", { cx: point.x, cy: point.y, r: 3 }), drawn("text", { x: best.left, y: best.bottom - 2 }, point.name));
  });
}

function planeTable(emotions) {
  return table("Scores of the vectors on their first components, and human ratings from 1 to 9", ["Emotion", "Component 1", "Component 2", "Valence", "Arousal"],
    emotions.map((each) => [each.emotion, each.pc1, each.pc2, each.valence, each.arousal]));
}
