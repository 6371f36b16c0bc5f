// What is shown is said by the part of the address behind the #, so that a view can be bookmarked, sent and restored.

const KEYS = [...FACETS, "from", "to", "q", "words", "sort", "page"];
const SORTS = {
  newest: "newest first",
  oldest: "oldest first",
  against: "most against first",
  favor: "most in favor first",
  unsure: "least certain first",
};

function readState() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const state = {};
  for (const key of KEYS) {
    const value = (asked.get(key) || "").trim();
    if (value) state[key] = value;
  }
  if (!(state.sort in SORTS)) delete state.sort;
  const page = parseInt(state.page, 10);
  if (page > 1) state.page = page;
  else delete state.page;
  return state;
}

function linkTo(filters) {
  const asked = new URLSearchParams();
  for (const key of KEYS) if (filters[key]) asked.set(key, filters[key]);
  return `#${asked}`;
}

function isFiltered(state) {
  return KEYS.some((key) => key !== "sort" && key !== "page" && state[key]);
}

let lowered = null;

// Everything a search looks through: the sentence, who says it, the article's headline.
function searchable(s) {
  lowered = lowered || new Array(STATEMENTS.text.length);
  if (lowered[s] === undefined) {
    const parts = [STATEMENTS.text[s], LISTS.speaker[STATEMENTS.speaker[s]], STATEMENTS.named[s], ARTICLES.title[STATEMENTS.article[s]]];
    lowered[s] = parts.join("\n").toLowerCase();
  }
  return lowered[s];
}

function wordsOf(state) {
  return (state.q || "").toLowerCase().split(/\s+/).filter(Boolean);
}

// Returns the readings that pass all filters, and for each filter how many statements each of its values would give.
function choose(state) {
  const wanted = FACETS.map((name) => (state[name] === undefined ? null : LISTS[name].indexOf(state[name])));
  const codes = FACETS.map((name) => CODE[name]);
  const counts = Object.fromEntries(FACETS.map((name) => [name, new Int32Array(LISTS[name].length)]));
  const last = Object.fromEntries(FACETS.map((name) => [name, new Int32Array(LISTS[name].length).fill(-1)]));
  const words = wordsOf(state);
  const rows = [];
  for (let i = 0; i < READINGS.statement.length; i++) {
    const s = READINGS.statement[i];
    const date = state.from || state.to ? dateOf(i) : "";
    if (state.from && !(date && date >= state.from)) continue;
    if (state.to && !(date && date <= state.to)) continue;
    if (words.length && !words.every((word) => searchable(s).includes(word))) continue;
    if (state.words && !(READINGS.carried && (READINGS.carried[i] || []).length)) continue;
    let failed = -1;
    let fails = 0;
    for (let f = 0; f < codes.length && fails < 2; f++) {
      if (wanted[f] !== null && codes[f](i) !== wanted[f]) {
        failed = f;
        fails += 1;
      }
    }
    if (fails === 0) rows.push(i);
    if (fails > 1) continue;
    for (let f = 0; f < codes.length; f++) {
      if (fails === 1 && f !== failed) continue;
      const code = codes[f](i);
      // The readings of one statement stand together, so each statement is counted once.
      if (last[FACETS[f]][code] !== s) {
        last[FACETS[f]][code] = s;
        counts[FACETS[f]][code] += 1;
      }
    }
  }
  return { rows, counts };
}

// Returns the statements of readings in the order asked for, each with those of its readings that were chosen.
function arrange(rows, sort) {
  const order = {
    oldest: (a, b) => compareDates(a, b) || a - b,
    against: (a, b) => stanceOf(a) - stanceOf(b) || a - b,
    favor: (a, b) => stanceOf(b) - stanceOf(a) || a - b,
    unsure: (a, b) => sureness(a) - sureness(b) || a - b,
  }[sort];
  const found = new Map();
  for (const i of order ? [...rows].sort(order) : rows) {
    const s = READINGS.statement[i];
    if (found.has(s)) found.get(s).push(i);
    else found.set(s, [i]);
  }
  return [...found].map(([statement, readings]) => ({ statement, readings }));
}

// Undated articles come last, whichever way the dates run.
function compareDates(a, b) {
  const [first, second] = [dateOf(a) || "9999", dateOf(b) || "9999"];
  return first < second ? -1 : first > second ? 1 : 0;
}
