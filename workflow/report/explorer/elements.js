"use strict";

// Everything on the page is made here, and every text goes in as text: nothing of the data is read as HTML.

const DATA = JSON.parse(document.getElementById("data").textContent);
const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children; strings among the children become text. */
function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** The same for drawings. */
function drawn(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onchange" || name === "oninput") node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== ""));
  return node;
}

function link(address, ...children) {
  return element("a", { href: address }, ...children);
}

/** A link into the page, of parts that may hold any sign. */
function route(...parts) {
  return "#/" + parts.map(encodeURIComponent).join("/");
}

function verdict(word) {
  return element("span", { class: "verdict", "data-verdict": word }, word);
}

/** A table with a caption for readers of screens; a cell is a text, an element or a list of both. */
function table(caption, head, rows) {
  const cells = (row, kind) => row.map((content) => cell(content, kind));
  return element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": caption },
    element("table", {},
      element("caption", {}, caption),
      element("thead", {}, element("tr", {}, head.map((name) => element("th", { scope: "col" }, name)))),
      element("tbody", {}, rows.map((row) => element("tr", {}, cells(row.slice(0, 1), "th"), cells(row.slice(1), "td"))))));
}

function cell(content, kind) {
  const attributes = kind === "th" ? { scope: "row" } : typeof content === "number" ? { class: "number" } : {};
  return element(kind, attributes, ...[content].flat().map((part) => (typeof part === "number" ? signed(part) : part)));
}

/** A number with a true minus, as in the paper. */
function signed(value) {
  return String(value).replace("-", "\u2212");
}

/** A labelled choice; `choices` are values, or pairs of value and text. */
function choice(label, choices, chosen, onchange) {
  const options = choices.map((each) => {
    const [value, text] = Array.isArray(each) ? each : [each, each];
    return element("option", { value, selected: value === chosen ? "" : null }, text);
  });
  return element("label", {}, label, element("select", { onchange: (event) => onchange(event.target.value) }, options));
}

/** Says in words what changed, for those who do not see it. */
function announce(text) {
  document.getElementById("status").textContent = text;
}
