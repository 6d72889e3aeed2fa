// The matrix of verdicts, the page of a claim, and the code behind it.

const CLAIMS = new Map(DATA.claims.map((claim) => [claim.id, claim]));
const chosen = { paper: "", verdict: "", words: "" };

function matrixPage() {
  const body = element("tbody");
  const count = element("p", { class: "soft" });
  const draw = () => {
    const shown = DATA.claims.filter(isChosen);
    body.replaceChildren(...shown.map(matrixRow));
    count.textContent = `${shown.length} of ${DATA.claims.length} claims`;
    announce(count.textContent);
  };
  const set = (name) => (value) => { chosen[name] = value; draw(); };
  const papers = [...new Set(DATA.claims.map((claim) => claim.paper))];
  const words = [...new Set(DATA.claims.flatMap((claim) => claim.verdicts))].sort();
  const page = [
    element("h1", {}, "Verdict on every claim, by model"),
    element("form", { role: "search", "aria-label": "Filter claims" },
      choice("Claim of", [["", "all"], ...papers], chosen.paper, set("paper")),
      choice("Verdict", [["", "all"], ...words], chosen.verdict, set("verdict")),
      element("label", {}, "Words in the claim",
        element("input", { type: "search", value: chosen.words, oninput: (event) => set("words")(event.target.value) }))),
    count,
    element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Verdicts" },
      element("table", { id: "matrix" },
        element("thead", {}, element("tr", {}, ["Claim", "Statement", ...DATA.study.models].map((name) => element("th", { scope: "col" }, name)))),
        body)),
    element("p", { class: "soft" }, "◇ No less with permuted labels: the same rule gives as much without emotions, so the verdict says nothing about them."),
  ];
  draw();
  return page;
}

function isChosen(claim) {
  const text = `${claim.id} ${claim.statement} ${claim.metric}`.toLowerCase();
  return (!chosen.paper || claim.paper === chosen.paper)
    && (!chosen.verdict || claim.verdicts.includes(chosen.verdict))
    && text.includes(chosen.words.trim().toLowerCase());
}

function matrixRow(claim) {
  const verdicts = claim.verdicts.map((word, model) => element("td", {}, marked(word, claim.unspecific[model])));
  return element("tr", {},
    element("th", { scope: "row" }, link(route("claims", claim.id), claim.id)),
    element("td", {}, claim.statement),
    verdicts);
}

function marked(word, unspecific) {
  return unspecific ? [verdict(word), element("span", { title: "no less with permuted labels" }, " ◇",
    element("span", { class: "hidden" }, "no less with permuted labels"))] : [verdict(word)];
}

function claimPage(id) {
  const claim = CLAIMS.get(id);
  if (!claim) return missingPage(`claim ${id}`);
  const order = [...CLAIMS.keys()];
  const beside = [order[order.indexOf(id) - 1], order[order.indexOf(id) + 1]];
  return [
    element("h1", {}, `${claim.id}: ${claim.statement}`),
    element("p", {}, DATA.study.models.map((model, at) => [`${model}: `, marked(claim.verdicts[at], claim.unspecific[at]), " "]).flat(2)),
    claim.successor ? element("p", {}, link(route("claims", claim.successor), claim.successor), " takes its place: the rule of this one could not see what it judges.") : null,
    element("dl", {},
      pair("Claimed by", `${claim.paper}, ${claim.place}`),
      pair("Original", claim.original),
      pair("Measured here", claim.metric),
      pair("Registered", `${claim.registered}; readout: ${claim.readout}`),
      claim.note ? pair("Note", claim.note) : []),
    element("h2", {}, "Numbers by part and model"),
    claim.parts.map(partOfClaim),
    element("h2", {}, "Where it comes from"),
    element("ul", { class: "plain", id: "sources" },
      claim.sources.map((source) => element("li", {}, `${source.what}: `, sourceLinks(source))),
      claim.figures.map((name) => element("li", {}, "figure: ", link(`${DATA.study.figures}/${name}.png`, name))),
      element("li", {}, "paper: ", link(`${DATA.study.paper}/main.pdf`, "main.pdf"))),
    itemsOfClaim(claim),
    element("p", {}, beside.filter(Boolean).map((other) => [link(route("claims", other), other), " "]).flat()),
  ];
}

function pair(name, text) {
  return [element("dt", {}, name), element("dd", {}, text)];
}

function partOfClaim(part) {
  const rows = part.rows.map((row) => [
    row.model,
    row.estimate,
    row.null,
    row.n,
    [marked(row.verdict, row.unspecific), row.small ? " below the smallest effect of interest" : ""].flat(),
    row.said,
    row.beside,
  ]);
  return element("section", {},
    element("h3", {}, part.name),
    element("p", { class: "soft" }, `Registered: ${part.rule}`),
    table(`Numbers of the part “${part.name}”`, ["Model", "Estimate [95 % interval]", "Null", "n", "Verdict", "Why", "Controls and what stands beside"], rows));
}

function sourceLinks(source) {
  const file = fileLink(source.file, source.line);
  if (source.what !== "step") return [file];
  const calls = DATA.steps[source.code].calls;
  return [file, " (", link(route("code", source.code, String(source.line)), "shown here"), ")",
    calls.length ? element("details", {}, element("summary", {}, "What it calls of the library"), callList(calls)) : null].filter(Boolean);
}

/** A file with its line in words, since a browser finds the line only where the address is read by a service that knows it. */
function fileLink(file, line) {
  return link(`${DATA.study.root}/${file}${line ? `#L${line}` : ""}`, line ? `${file}, line ${line}` : file);
}

function callList(calls) {
  return element("ul", { class: "plain calls" }, calls.map((call) => element("li", {}, element("code", {}, call.name), " ", fileLink(call.file, call.line))));
}

/** Items by experiment, those of the leading part first. */
function itemsOfClaim(claim) {
  const byExperiment = claim.experiments.filter(Boolean)
    .map((name) => [name, DATA.items.filter((item) => hasExperiment(item, name))])
    .filter(([, items]) => items.length);
  if (!byExperiment.length) return withoutItems(claim);
  return element("section", { id: "items-of-claim" },
    element("h2", {}, "Items that it is measured on"),
    byExperiment.map(([name, items]) => element("p", {}, `${name}: `, items.map((item) => [link(route("items", item.id), item.id), " "]).flat())));
}

/** Where the numbers of a claim come from that is measured on no single items: sets of stimuli, and tables. */
function withoutItems(claim) {
  const files = claim.sources.filter((source) => ["stimuli", "table", "evidence", "evidence, published"].includes(source.what));
  if (!files.length) return null;
  return element("section", {},
    element("h2", {}, "What it is measured on"),
    element("p", {}, "No item of its own is shown on this page. Its numbers come from these sets and tables:"),
    element("ul", { class: "plain", id: "sets-of-claim" }, files.map((source) => element("li", {}, `${source.what}: `, fileLink(source.file, source.line)))));
}

function codePage(name, line) {
  const step = DATA.steps[name];
  if (!step) return missingPage(`step ${name}`);
  const lines = step.text.trimEnd().split("\n");
  return [
    element("h1", {}, `Step ${name}`),
    element("p", {}, fileLink(step.file, Number(line) || 0)),
    step.calls.length ? [element("h2", {}, "What it calls of the library"), callList(step.calls), element("h2", {}, "Its source")] : null,
    element("ol", { class: "code" }, lines.map((text, at) => element("li", { class: String(at + 1) === line ? "marked" : null }, text))),
  ].flat();
}
