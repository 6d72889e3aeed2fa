// Which page is shown: the address behind # names it, so that every page can be linked to, bookmarked and gone back to.

const PAGES = { "": matrixPage, claims: claimPage, items: (id) => (id ? itemPage(id) : itemsPage()), replies: repliesPage, plane: planePage, code: codePage };

function missingPage(what) {
  return [element("h1", {}, `There is no ${what} in this study`), element("p", {}, link("#/", "All claims"))];
}

function decoded(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

function show(moved) {
  if (location.hash && !location.hash.startsWith("#/")) return;
  const [name, ...rest] = location.hash.replace(/^#\//, "").split("/").map(decoded);
  const page = Object.hasOwn(PAGES, name) ? PAGES[name](...rest) : missingPage(`page ${name}`);
  const main = document.getElementById("main");
  main.replaceChildren(...page.flat().filter(Boolean));
  for (const entry of document.querySelectorAll("nav a")) {
    const here = entry.getAttribute("href").slice(2) === (name === "claims" || name === "code" ? "" : name);
    if (here) entry.setAttribute("aria-current", "page"); else entry.removeAttribute("aria-current");
  }
  const heading = main.querySelector("h1").textContent;
  document.title = `${heading} · ${DATA.study.title}`;
  if (moved) { main.focus(); scrollTo(0, 0); }
}

document.addEventListener("submit", (event) => event.preventDefault());
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((folded) => folded.setAttribute("open", "")));
addEventListener("hashchange", () => show(true));
show(false);
