// The statements behind a number, a page at a time, each with its words marked.

const PAGE = 25;
const MARKS = ["m-source", "m-cue"];
const VIA = { metonym: "by a word that stands for it", indirect: "through a target that stands for it", context: "named just before" };

function spansFrom(flat, className) {
  const found = [];
  for (let at = 0; at + 1 < (flat || []).length; at += 2) found.push([flat[at], flat[at + 1], className]);
  return found;
}

function hits(text, words) {
  const low = text.toLowerCase();
  // A few letters change their length with their case; then places cannot be told, and nothing is marked.
  if (low.length !== text.length) return [];
  const found = [];
  for (const word of words) {
    for (let at = low.indexOf(word); at >= 0; at = low.indexOf(word, at + word.length)) found.push([at, at + word.length, "m-hit"]);
  }
  return found;
}

// Cuts a text at every edge of a span and wraps each piece in what holds there: flat, so that overlaps need no nesting.
function marked(text, spans) {
  const edges = new Set([0, text.length]);
  for (const [from, to] of spans) edges.add(from).add(to);
  const cuts = [...edges].filter((x) => x >= 0 && x <= text.length).sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, n) => {
    const piece = text.slice(from, cuts[n + 1]);
    const classes = [...new Set(spans.filter(([s, e]) => s <= from && e >= cuts[n + 1]).map(([, , name]) => name))];
    const tag = classes.some((name) => name === "m-carried" || name === "m-hit") ? "mark" : "span";
    return classes.length ? el(tag, { class: classes.join(" ") }, piece) : piece;
  });
}

// The words that carried a stance, for those who do not see the marks; in a card with several targets, whose marks are whose.
function carriedBy(i, text, several) {
  const found = READINGS.carried && READINGS.carried[i];
  if (!found) return null;
  const words = spansFrom(found).map(([from, to]) => `“${text.slice(from, to)}”`);
  return el("span", { class: words.length && !several ? "unseen" : "via" }, words.length ? ` · carried by ${words.join(", ")}` : " · no few words carry it");
}

function readingRow(i, text, several) {
  const name = LISTS.label[READINGS.label[i]];
  const numbers = CLASSES.map((c, n) => `${c === "favor" ? "in favor" : c} ${probability(i, n).toFixed(2)}`).join(", ");
  let x = 0;
  const parts = CLASSES.map((c, n) => {
    const wide = 100 * probability(i, n);
    x += wide;
    return svg("rect", { x: x - wide, y: 0, width: wide, height: 8, fill: COLOURS[c] });
  });
  const via = VIA[READINGS.via[i]];
  const carried = carriedBy(i, text, several);
  const tone = READINGS.tone && READINGS.tone[i] !== null ? `, wording ${signed(READINGS.tone[i])}` : "";
  return el(
    "li",
    { class: "reading" },
    el("span", { class: "reading-target" }, LISTS.target[READINGS.target[i]]),
    el("span", { class: `badge label-${name}` }, LABEL_WORDS[name] || name),
    svg("svg", { viewBox: "0 0 100 8", class: "bars", preserveAspectRatio: "none", "aria-hidden": "true" }, parts),
    el("span", { class: "fine" }, numbers + tone, via ? el("span", { class: "via" }, ` · ${via}`) : null, carried),
  );
}

function cardOf({ statement: s, readings }, words) {
  const a = STATEMENTS.article[s];
  const text = STATEMENTS.text[s];
  const spans = hits(text, words);
  for (let at = 0; at < STATEMENTS.marks[s].length; at += 3) {
    const [from, to, kind] = STATEMENTS.marks[s].slice(at, at + 3);
    spans.push([from, to, MARKS[kind]]);
  }
  const before = [];
  for (const i of readings) {
    (READINGS.via[i] === "context" ? before : spans).push(...spansFrom(READINGS.mention[i], "m-target"));
    if (READINGS.carried) spans.push(...spansFrom(READINGS.carried[i], "m-carried"));
  }
  const speaker = LISTS.speaker[STATEMENTS.speaker[s]];
  const role = LISTS.role[STATEMENTS.role[s]];
  const about = [role === "(not given)" ? "" : role, LISTS.kind[STATEMENTS.kind[s]], STATEMENTS.reporter[s] && `reported by ${STATEMENTS.reporter[s]}`];
  const context = STATEMENTS.before[s];
  const date = ARTICLES.date[a];
  const url = ARTICLES.url[a];
  const title = ARTICLES.title[a] || "article without a headline";
  const isWeb = /^https?:/i.test(url);
  return el(
    "li",
    { class: "card", "data-statement": STATEMENTS.id[s] },
    el("h3", {}, el("a", { href: linkTo({ speaker }) }, speaker), " ", el("span", { class: "fine" }, about.filter(Boolean).join(" · "))),
    context && el("details", { class: "before", open: before.length > 0 }, el("summary", {}, "what stands before"), el("p", {}, marked(context, before))),
    el("blockquote", {}, marked(text, spans)),
    el("ul", { class: "readings", "aria-label": "Stance" }, readings.map((i) => readingRow(i, text, readings.length > 1))),
    el(
      "p",
      { class: "from" },
      date ? el("time", { datetime: date }, date) : "no date",
      ` · ${LISTS.source[ARTICLES.source[a]]} · `,
      outside(url, title),
      url && !isWeb ? el("span", { class: "fine" }, ` (${url})`) : null,
    ),
  );
}

function updateStatements(state, rows) {
  const found = arrange(rows, state.sort);
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  const page = Math.min(state.page || 1, pages);
  const shown = found.slice((page - 1) * PAGE, page * PAGE);
  const words = wordsOf(state);
  byId("list").replaceChildren(...shown.map((entry) => cardOf(entry, words)));
  byId("list").setAttribute("start", (page - 1) * PAGE + 1);
  byId("count").textContent = sayFound(found.length, rows, state, shown.length, page);
  byId("pages").replaceChildren(...(pages > 1 ? pageLinks(state, page, pages) : []));
}

function sayFound(n, rows, state, shown, page) {
  if (!n) return "No statement passes these filters.";
  const articles = new Set(rows.map((i) => STATEMENTS.article[READINGS.statement[i]])).size;
  const labels = LISTS.label.map((name, code) => [name, rows.filter((i) => READINGS.label[i] === code).length]).filter(([, k]) => k);
  const where = isFiltered(state) ? `${many(n, "statement")} of ${count(STATEMENTS.text.length)}` : many(n, "statement");
  const readings = rows.length > n ? `, read ${count(rows.length)} times, once for each target named` : "";
  const range = shown < n ? ` Shown: ${count((page - 1) * PAGE + 1)} to ${count((page - 1) * PAGE + shown)}.` : "";
  return `${where} in ${many(articles, "article")}${readings}. Labels, counted: ${labels.map(([name, k]) => `${count(k)} ${LABEL_WORDS[name]}`).join(", ")}.${range}`;
}

function pageLinks(state, page, pages) {
  const to = (n, text, off) => (off ? el("span", { class: "off", "aria-disabled": "true" }, text) : el("a", { href: linkTo({ ...state, page: n > 1 ? n : undefined }) }, text));
  return [to(page - 1, "← Previous", page === 1), el("span", {}, `page ${count(page)} of ${count(pages)}`), to(page + 1, "Next →", page === pages)];
}
