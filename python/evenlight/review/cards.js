"use strict";
document.documentElement.classList.add("js");
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const sheet = byId("sheet");
const state = byId("state");
const lines = data.lines;
const cards = new Map(); // by line
let version = 0;
let isSaved = true;

const keyOf = new Map();
for (const line of lines) {
  if (!line.includes('"picture"')) continue;
  const values = JSON.parse(line);
  keyOf.set(values.frame, values.key);
}

function pictureOf(card, side) {
  if (!data.served) return (data.pictures[card.line] || [])[side === "before" ? 0 : 1];
  if (card.isFresh) return ""; // the process does not know it yet
  return `card/${card.line}/${side}.jpg?v=${card.version}`;
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function show(card) {
  const { entry, node } = card;
  node.className = `card ${entry.decision}`;
  for (const button of node.querySelectorAll("button[data-decision]"))
    button.setAttribute("aria-pressed", String(button.dataset.decision === entry.decision));
  const grown = node.querySelector(".grown");
  grown.textContent = entry.grow ? `+${entry.grow}` : "";
  const told = entry.decision ? ` ${entry.decision}ed` : " undecided";
  node.setAttribute("aria-label", `Frame ${entry.frame}, ${card.why},${told}`);
}

function refresh(card) {
  if (!data.served) return;
  card.version = ++version;
  card.isFresh = false;
  card.node.querySelector("img:first-child").src = pictureOf(card, "before");
  card.node.querySelector("img:nth-child(2)").src = pictureOf(card, "after");
}

function decide(card, decision, grow = 0) {
  card.entry.decision = decision;
  if (grow) card.entry.grow = grow;
  else delete card.entry.grow;
  if (card.isNew && decision !== "accept") {
    lines[card.line] = "";
    cards.delete(card.line);
    const next = card.node.nextElementSibling || card.node.previousElementSibling;
    card.node.remove();
    if (next) next.focus();
  } else {
    lines[card.line] = JSON.stringify(card.entry);
    show(card);
  }
  changed(card);
}

function grow(card) {
  decide(card, "accept", Math.min(32, (card.entry.grow || 0) + 2));
}

function build(card) {
  const buttons = element("div", { className: "decide" });
  const button = (text, decision, action) => {
    const made = element("button", { type: "button", textContent: text });
    if (decision !== null) made.dataset.decision = decision;
    made.addEventListener("click", action);
    buttons.append(made);
  };
  button("Accept", "accept", () => decide(card, "accept", card.entry.grow));
  button(card.isNew ? "Remove" : "Reject", "reject", () => decide(card, "reject"));
  button("Grow", null, () => grow(card));
  button("Undecided", "", () => decide(card, ""));
  const pair = element("div", { className: "pair" });
  for (const side of ["before", "after"]) {
    const source = pictureOf(card, side);
    const alt = `Frame ${card.entry.frame} ${side}`;
    const image = element("img", { alt, loading: "lazy", width: data.crop, height: data.crop });
    if (source) image.src = source;
    pair.append(image);
  }
  const mark = element("span", { className: "mark" });
  ["left", "top", "width", "height"].forEach((name, index) => {
    mark.style[name] = `${card.mark[index] / 2 ** (index % 2 === 0)}%`;
  });
  pair.append(mark);
  const caption = element("p", {}, element("b", { textContent: `Frame ${card.entry.frame} ` }));
  caption.append(element("span", { className: "why", textContent: card.why }));
  caption.append(" ", element("span", { className: "grown why" }));
  card.node = element("li", { tabIndex: 0 }, pair, caption, buttons);
  card.node.dataset.line = card.line;
  show(card);
}

const orders = {
  doubt: (a, b) => a.place - b.place,
  frame: (a, b) => a.entry.frame - b.entry.frame || a.line - b.line,
  size: (a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3],
};
const filters = {
  all: () => true,
  undecided: (card) => card.entry.decision === "",
  decided: (card) => card.entry.decision !== "",
  repaired: (card) => card.entry.repaired,
  left: (card) => !card.entry.repaired,
};

function arrange() {
  const shown = [...cards.values()].filter(filters[byId("filter").value]);
  shown.sort(orders[byId("order").value]);
  sheet.replaceChildren(...shown.map((card) => card.node));
  count();
}

function count() {
  const decided = [...cards.values()].filter((card) => card.entry.decision).length;
  byId("count").textContent = `${sheet.children.length} shown, ${decided} of ${cards.size} decided`;
}

function tell(text, isWrong = false) {
  state.textContent = text;
  state.classList.toggle("wrong", isWrong);
}

// A process that serves the page has every decision at once; a file is saved by hand.
let waiting = 0;
let pending = [];
function changed(card) {
  isSaved = false;
  count();
  tell(data.served ? "saving" : "not saved");
  if (!data.served) return;
  pending.push(card);
  clearTimeout(waiting);
  waiting = setTimeout(send, 300);
}

let sending = Promise.resolve();
function send() {
  clearTimeout(waiting);
  const own = pending;
  pending = [];
  sending = sending.then(async () => {
    try {
      const answer = await fetch("save", { method: "POST", body: lines.join("\n") });
      if (!answer.ok) return tell(await answer.text(), true);
    } catch {
      return tell("not saved: the process that serves this page has ended", true);
    }
    isSaved = pending.length === 0;
    if (isSaved) tell("saved");
    for (const card of own) if (cards.has(card.line)) refresh(card);
    if (own.some((card) => card.entry.frame === Number(byId("number").value))) showFrame();
  });
  return sending;
}

if (data.served) {
  byId("done").addEventListener("click", async () => {
    await send();
    if (!isSaved) return;
    await fetch("done", { method: "POST" });
    tell("saved; you can close this page");
    byId("done").disabled = true;
  });
} else {
  byId("save").addEventListener("click", () => {
    const text = lines.filter((line) => line).join("\n") + "\n";
    const href = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
    element("a", { href, download: data.file }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10000);
    isSaved = true;
    tell(`saved as ${data.file} where your browser keeps downloads`);
  });
}
addEventListener("beforeunload", (event) => {
  if (!isSaved) event.preventDefault();
});

sheet.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const node = event.target.closest(".card");
  const card = cards.get(Number(node.dataset.line));
  const key = event.key.toLowerCase();
  if (key === "a") decide(card, "accept", card.entry.grow);
  else if (key === "r") decide(card, "reject");
  else if (key === "g") grow(card);
  else if (key === "u") decide(card, "");
  else if (key === "arrowright" || key === "arrowleft") {
    const next = key === "arrowright" ? node.nextElementSibling : node.previousElementSibling;
    if (next) next.focus();
  } else return;
  event.preventDefault();
});
for (const id of ["filter", "order"]) byId(id).addEventListener("change", arrange);
