// The form that narrows down the statements, and the chips that say what it was narrowed to.

const FIELDS = [
  ["target", "Target"],
  ["speaker", "Speaker"],
  ["label", "Stance"],
  ["source", "Source"],
  ["kind", "Kind of statement"],
];
const CHIP_NAMES = { target: "on", speaker: "speaker", role: "role", label: "stance", source: "source", kind: "kind", from: "from", to: "to", q: "text", words: "words that carried the stance" };
const LABEL_WORDS = { against: "against", neutral: "neutral", favor: "in favor", unsure: "unsure" };
const WAIT = 200;

function wordFor(key, value) {
  if (key === "label") return LABEL_WORDS[value] || value;
  return key === "sort" ? SORTS[value] || value : value;
}

function field(name, title, control) {
  return el("label", { class: `field field-${name}` }, el("span", {}, title), control);
}

function formState() {
  const state = readState();
  delete state.page;
  for (const control of byId("filters").elements) {
    if (!control.name) continue;
    if (control.value.trim()) state[control.name] = control.value.trim();
    else delete state[control.name];
  }
  if (state.sort === "newest") delete state.sort;
  return state;
}

function showFilters() {
  let waiting = 0;
  const typed = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => go(formState(), { replace: true }), WAIT);
  };
  const changed = () => go(formState());
  const dates = ARTICLES.date.filter(Boolean).sort();
  const day = (name) => el("input", { type: "date", name, min: dates[0], max: dates[dates.length - 1], onchange: changed });
  const form = byId("filters");
  const inside = [
    field("q", "Words in the statement, speaker or headline", el("input", { type: "search", name: "q", autocomplete: "off", spellcheck: "false", oninput: typed })),
    FIELDS.filter(([name]) => LISTS[name].length).map(([name, title]) => field(name, title, el("select", { name, onchange: changed }))),
    dates.length ? el("div", { class: "dates" }, field("from", "From", day("from")), field("to", "To", day("to"))) : null,
    field("sort", "Order", el("select", { name: "sort", onchange: changed }, Object.entries(SORTS).map(([value, text]) => el("option", { value }, text)))),
    el("button", { type: "button", class: "reset", onclick: () => go({}) }, "Show all statements"),
  ];
  const box = el("details", { class: "filters-box" }, el("summary", {}, "Search and filter"), el("div", { class: "filters-inside" }, inside));
  // On a phone the form starts folded, so that the statements come first.
  box.open = window.matchMedia("(min-width: 760px)").matches;
  form.append(box);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    changed();
  });
}

function updateFilters(state, counts) {
  const form = byId("filters");
  for (const [name] of FIELDS) {
    const select = form.elements[name];
    if (!select) continue;
    const options = LISTS[name].map((value, code) => [value, counts[name][code]]).filter(([value, n]) => n || value === state[name]);
    // A name from the address that nobody here bears is kept, so that the form says what is asked for.
    if (state[name] && !LISTS[name].includes(state[name])) options.push([state[name], 0]);
    select.replaceChildren(el("option", { value: "" }, "all"), ...options.map(([value, n]) => el("option", { value }, `${wordFor(name, value)} (${count(n)})`)));
    select.value = state[name] || "";
  }
  for (const name of ["q", "from", "to"]) {
    const input = form.elements[name];
    if (input && input !== document.activeElement) input.value = state[name] || "";
  }
  form.elements.sort.value = state.sort || "newest";
  form.querySelector(".reset").hidden = !isFiltered(state);
}

function updateChips(state) {
  const chips = Object.keys(CHIP_NAMES).filter((key) => state[key]).map((key) => {
    const without = { ...state, [key]: undefined, page: undefined };
    const drop = () => {
      go(without);
      byId("statements-head").focus({ preventScroll: true });
    };
    const text = `${CHIP_NAMES[key]}: ${wordFor(key, state[key])}`;
    return el("button", { type: "button", class: "chip", onclick: drop, "aria-label": `Remove the filter ${text}` }, text, el("span", { "aria-hidden": "true" }, " ×"));
  });
  byId("chips").replaceChildren(...chips);
}
