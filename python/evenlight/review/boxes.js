const frame = byId("frame");
const picture = frame.querySelector("img");
const drawn = byId("drawn");
const fields = ["x", "y", "w", "h"].map(byId);

function showFrame() {
  const number = Number(byId("number").value);
  const source = data.served ? `frame/${number}.jpg?v=${++version}` : data.wholes[number];
  const isThere = keyOf.has(number) && Boolean(source);
  frame.hidden = !isThere;
  byId("missing").hidden = isThere;
  byId("put").disabled = !keyOf.has(number);
  if (!isThere) return;
  picture.alt = `Frame ${number}, repaired`;
  picture.src = source;
}

function walk(by) {
  const there = data.served ? data.frames : data.frames.filter((number) => data.wholes[number]);
  const number = Number(byId("number").value);
  const found = by > 0 ? there.find((one) => one > number) : there.findLast((one) => one < number);
  if (found === undefined) return;
  byId("number").value = found;
  showFrame();
}

function chosen() {
  const [x, y, w, h] = fields.map((field) => Math.round(Number(field.value)) || 0);
  const left = Math.min(Math.max(x, 0), data.width - 1);
  const top = Math.min(Math.max(y, 0), data.height - 1);
  const right = Math.min(Math.max(left + w, left + 1), data.width) - 1;
  const bottom = Math.min(Math.max(top + h, top + 1), data.height) - 1;
  return [left, top, right, bottom];
}

function draw() {
  const [left, top, right, bottom] = chosen();
  drawn.hidden = false;
  drawn.style.left = `${(100 * left) / data.width}%`;
  drawn.style.top = `${(100 * top) / data.height}%`;
  drawn.style.width = `${(100 * (right + 1 - left)) / data.width}%`;
  drawn.style.height = `${(100 * (bottom + 1 - top)) / data.height}%`;
}

let from = null;
function pointAt(event) {
  const place = picture.getBoundingClientRect();
  const share = (value, start, size) => Math.min(Math.max((value - start) / size, 0), 1);
  return [
    share(event.clientX, place.left, place.width) * data.width,
    share(event.clientY, place.top, place.height) * data.height,
  ];
}
frame.addEventListener("pointerdown", (event) => {
  from = pointAt(event);
  frame.setPointerCapture(event.pointerId);
});
frame.addEventListener("pointermove", (event) => {
  if (from === null) return;
  const to = pointAt(event);
  const low = [0, 1].map((axis) => Math.floor(Math.min(from[axis], to[axis])));
  const size = [0, 1].map((axis) => Math.max(1, Math.ceil(Math.abs(from[axis] - to[axis]))));
  [...low, ...size].forEach((value, index) => (fields[index].value = value));
  draw();
});
frame.addEventListener("pointerup", () => (from = null));
for (const field of fields) field.addEventListener("input", draw);
byId("number").addEventListener("change", showFrame);
byId("earlier").addEventListener("click", () => walk(-1));
byId("later").addEventListener("click", () => walk(1));

function addCard(line, entry, rest) {
  const card = { line, entry, version: 0, place: cards.size, ...rest };
  cards.set(line, card);
  build(card);
  return card;
}

// The square that is shown around a box, as the pictures are cut, and the box in it, per cent.
function markOf(left, top, [width, height]) {
  const longest = Math.max(width, height);
  const side = Math.min(longest + 2 * Math.max(data.margin, longest >> 1), data.width, data.height);
  const start = (low, size, end) => Math.min(Math.max(low + (size >> 1) - (side >> 1), 0), end - side);
  const [x, y] = [start(left, width, data.width), start(top, height, data.height)];
  return [left - x, top - y, width, height].map((value) => (100 * value) / side);
}

byId("put").addEventListener("click", () => {
  const number = Number(byId("number").value);
  const [left, top, right, bottom] = chosen();
  const entry = {
    frame: number,
    key: keyOf.get(number),
    outline: [[left, top, right, top, right, bottom, left, bottom]],
    kind: "added",
    score: null,
    repaired: false,
    decision: "accept",
  };
  const size = [right + 1 - left, bottom + 1 - top];
  lines.push(JSON.stringify(entry));
  const why = `added, ${size[0]} x ${size[1]} pixels`;
  const box = [left, top, ...size];
  const rest = { box, why, isNew: true, isFresh: true, mark: markOf(left, top, size) };
  const card = addCard(lines.length - 1, entry, rest);
  sheet.prepend(card.node);
  drawn.hidden = true;
  changed(card);
});

for (const { line, box: own, why } of data.cards) {
  const entry = JSON.parse(lines[line]);
  const isNew = entry.kind === "added" && !entry.repaired;
  addCard(line, entry, { box: own, why, isNew, mark: markOf(own[0], own[1], own.slice(2)) });
}
arrange();
const busiest = data.cards.length ? JSON.parse(lines[data.cards[0].line]).frame : data.frames[0];
byId("number").value = data.served ? busiest : Object.keys(data.wholes)[0] ?? busiest;
showFrame();
