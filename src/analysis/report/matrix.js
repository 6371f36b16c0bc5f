// The table of speakers (or sources, roles, …) and targets: every cell a link to its statements, with value, interval and number.

const ROWS_AT_FIRST = 20;
const matrix = { side: null, sort: null, all: false };
const SIDE_NAMES = { speaker: "speaker", speaker_role: "role", source: "source", kind: "kind of statement" };

function sides() {
  return DATA.summaries.filter((s) => s.by.length === 2 && s.by.includes("target")).map((s) => s.by.find((name) => name !== "target"));
}

// How many statements each name has, whatever they speak of.
function totals(key) {
  const found = new Int32Array(LISTS[key].length);
  let last = -1;
  READINGS.statement.forEach((s, i) => {
    if (s !== last) found[CODE[key](i)] += 1;
    last = s;
  });
  return new Map(LISTS[key].map((name, code) => [name, found[code]]));
}

function matrixRows(side) {
  const key = side === "speaker_role" ? "role" : side;
  const known = FACETS.includes(key) ? totals(key) : null;
  const found = new Map();
  for (const row of rowsOf(summaryBy("target", side))) {
    if (!found.has(row[side])) found.set(row[side], { name: row[side], cells: {}, n: 0 });
    const line = found.get(row[side]);
    line.cells[row.target] = row;
    line.n = known ? known.get(row[side]) || 0 : Math.max(line.n, row.n_statements);
  }
  const inTime = [...found.keys()].every((name) => /^\d{4}-\d\d-\d\d/.test(name));
  return [...found.values()].sort((a, b) => (inTime ? 0 : b.n - a.n) || (a.name < b.name ? -1 : 1));
}

// Estimates in order; those with too few articles behind them; names that never speak of the target last.
function sorted(lines) {
  if (!matrix.sort) return lines;
  const { target, down } = matrix.sort;
  const rank = (line) => {
    const cell = line.cells[target];
    return cell === undefined ? 9e9 : cell.estimate === null ? 1e6 - cell.n_statements : down ? -cell.estimate : cell.estimate;
  };
  return [...lines].sort((a, b) => rank(a) - rank(b) || b.n - a.n);
}

function cellOf(row, side) {
  if (!row) return el("td", { class: "none" }, el("span", { "aria-hidden": "true" }, "–"), el("span", { class: "unseen" }, "no statements"));
  const said = `${row[side]} on ${row.target}: ${say(row)}`;
  const filters = behind(["target", side], row);
  const attributes = { class: row.estimate === null ? "cell few" : "cell", title: said, "aria-label": said, href: filters && linkTo(filters) };
  const inside = row.estimate === null ? fewInside(row) : knownInside(row);
  const cell = el(filters ? "a" : "div", attributes, inside);
  if (row.estimate !== null) {
    const ground = shade(row.estimate);
    cell.style.backgroundColor = ground;
    cell.style.color = inkOn(ground);
  }
  return el("td", {}, cell);
}

function fewInside(row) {
  const marks = [...CLASSES, "unsure"].filter((name) => row[`n_${name}`]);
  const parts = marks.map((name) => el("span", { class: `count-of label-${name}` }, `${count(row[`n_${name}`])} ${LABEL_WORDS[name]}`));
  return el("span", { class: "counts" }, parts.flatMap((part, n) => (n ? [el("span", { class: "comma" }, ", "), part] : [part])));
}

function knownInside(row) {
  const across = (x) => 3 + ((x + 1) / 2) * 94;
  const d = `M${across(row.low)} 5 H${across(row.high)} M${across(row.low)} 2 V8 M${across(row.high)} 2 V8`;
  // Strokes that do not scale, so that a cell on a phone is as clear as on a desk; a stroke without length is a dot or a square.
  const mark = svg("path", { d: `M${across(row.estimate)} 5 h0.01`, class: isCorrected(row) ? "mini-mark square" : "mini-mark" });
  const line = svg("path", { d, class: "mini-line" });
  const zero = svg("path", { d: "M50 0 V10", class: "mini-zero" });
  return [
    el("strong", {}, signed(row.estimate)),
    svg("svg", { viewBox: "0 0 100 10", class: "mini", preserveAspectRatio: "none", "aria-hidden": "true" }, zero, line, mark),
    el("span", { class: "fine" }, el("span", { class: "interval" }, `${interval(row)} `), el("span", {}, `n = ${count(row.n_statements)}`)),
  ];
}

function headOf(target) {
  const active = matrix.sort && matrix.sort.target === target;
  const turn = () => {
    matrix.sort = !active ? { target, down: false } : matrix.sort.down ? null : { target, down: true };
    drawMatrix();
    byId("matrix").querySelector(`[data-sort="${CSS.escape(target)}"]`).focus();
  };
  const arrow = active ? (matrix.sort.down ? " ▼" : " ▲") : "";
  const order = active ? (matrix.sort.down ? "descending" : "ascending") : "none";
  const button = el("button", { type: "button", "data-sort": target, onclick: turn, title: "Sort by stance: against first, then in favor first" }, target + arrow);
  // Browsers leave buttons out where a table's head is repeated on the next sheet.
  return el("th", { scope: "col", "aria-sort": order }, button, el("span", { class: "on-paper", "aria-hidden": "true" }, target));
}

function ramp(stance) {
  const step = el("span", {});
  step.style.backgroundColor = shade(stance);
  return step;
}

function sideName(side) {
  return SIDE_NAMES[side] || side;
}

function drawMatrix() {
  const side = matrix.side;
  const key = side === "speaker_role" ? "role" : side;
  const lines = sorted(matrixRows(side));
  const shown = matrix.all ? lines : lines.slice(0, ROWS_AT_FIRST);
  const named = (line) => (FACETS.includes(key) ? el("a", { href: linkTo({ [key]: line.name }) }, line.name) : line.name);
  const body = shown.map((line) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, named(line), el("span", { class: "fine" }, many(line.n, "statement"))),
      LISTS.target.map((target) => cellOf(line.cells[target], side)),
    ),
  );
  const choice = (name) => el("button", { type: "button", class: "tab", "aria-pressed": String(name === side), onclick: () => pickSide(name) }, `by ${sideName(name)}`);
  const how = howMade(lines.flatMap((line) => Object.values(line.cells)), ["Squares", "dots"]);
  const caption = `Mean stance of each ${sideName(side)} toward each target, with its interval. ${how} Hatched: too few articles, counts only.`;
  const scale = el("p", { class: "scale" }, "against −1", el("span", { class: "ramp", "aria-hidden": "true" }, ["-1", "-0.5", "0", "0.5", "1"].map((x) => ramp(Number(x)))), "+1 in favor");
  const table = el(
    "table",
    { class: "matrix" },
    el("caption", {}, caption),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, sideName(side)), LISTS.target.map(headOf))),
    el("tbody", {}, body),
  );
  // With many targets the table scrolls in its place instead of squeezing its cells.
  table.style.minWidth = `${100 + 60 * LISTS.target.length}px`;
  const more = lines.length > ROWS_AT_FIRST && el("button", { type: "button", class: "more", "aria-expanded": String(matrix.all), onclick: toggleAll }, matrix.all ? `Show the first ${ROWS_AT_FIRST}` : `Show all ${count(lines.length)}`);
  byId("matrix").replaceChildren(
    ...(sides().length > 1 ? [el("div", { class: "tabs", role: "group", "aria-label": "Rows of the table" }, sides().map(choice))] : []),
    scale,
    el("div", { class: "scroll" }, table),
    ...(more ? [more] : []),
  );
  markChosen();
}

function toggleAll() {
  matrix.all = !matrix.all;
  drawMatrix();
  byId("matrix").querySelector(".more").focus();
}

function pickSide(side) {
  Object.assign(matrix, { side, sort: null, all: false });
  drawMatrix();
  byId("matrix").querySelector('[aria-pressed="true"]').focus();
}

function showMatrix() {
  if (!sides().length) {
    byId("matrix").append(el("p", { class: "how" }, "The configuration asks for no table by target and speaker (summary: by)."));
    return;
  }
  matrix.side = sides().includes("speaker") ? "speaker" : sides()[0];
  drawMatrix();
}
