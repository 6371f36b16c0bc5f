// The tables as they stand in the page, and what every part of it asks of them.

const DATA = JSON.parse(byId("report-data").textContent);
const LISTS = DATA.lists;
const ARTICLES = DATA.articles;
const STATEMENTS = DATA.statements;
const READINGS = DATA.readings;
const COLOURS = DATA.colours;
const CLASSES = ["against", "neutral", "favor"];
const PERIODS = ["day", "week", "month", "quarter", "year"];

// Each of these turns the number of a reading into a position in LISTS.
const CODE = {
  target: (i) => READINGS.target[i],
  label: (i) => READINGS.label[i],
  speaker: (i) => STATEMENTS.speaker[READINGS.statement[i]],
  role: (i) => STATEMENTS.role[READINGS.statement[i]],
  kind: (i) => STATEMENTS.kind[READINGS.statement[i]],
  source: (i) => ARTICLES.source[STATEMENTS.article[READINGS.statement[i]]],
};
const FACETS = Object.keys(CODE);

function dateOf(i) {
  return ARTICLES.date[STATEMENTS.article[READINGS.statement[i]]];
}

function probability(i, c) {
  return READINGS.p[3 * i + c] / 1000;
}

function stanceOf(i) {
  return (READINGS.p[3 * i + 2] - READINGS.p[3 * i]) / 1000;
}

function sureness(i) {
  return Math.max(READINGS.p[3 * i], READINGS.p[3 * i + 1], READINGS.p[3 * i + 2]);
}

function rowsOf(summary) {
  const names = Object.keys(summary.columns);
  return summary.columns[names[0]].map((_, i) => Object.fromEntries(names.map((name) => [name, summary.columns[name][i]])));
}

function summaryBy(...by) {
  return DATA.summaries.find((s) => s.by.length === by.length && by.every((name) => s.by.includes(name)));
}

function isCorrected(row) {
  return row.method.startsWith("corrected");
}

// Which filters show the statements a row of a summary counts; null where no filter can.
function behind(by, row) {
  const filters = {};
  for (const name of by) {
    const key = name === "speaker_role" ? "role" : name;
    if (PERIODS.includes(name)) Object.assign(filters, { from: row[name], to: row[`${name}_end`] });
    else if (FACETS.includes(key)) filters[key] = row[name];
    else return null;
  }
  return filters;
}

function articlesText(row) {
  return `n = ${count(row.n_statements)} in ${many(row.n_articles, "article")}`;
}

function countsText(row) {
  return [...CLASSES, "unsure"].filter((name) => row[`n_${name}`]).map((name) => `${count(row[`n_${name}`])} ${name}`);
}

function say(row) {
  if (row.estimate === null) return `too few articles for an estimate, ${countsText(row).join(", ")}`;
  const how = isCorrected(row) ? `corrected with ${row.n_labels} labels` : "uncorrected";
  return `mean stance ${signed(row.estimate)}, interval ${interval(row)}, ${how}, ${articlesText(row)}`;
}

function channels(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

// The diverging scale of the charts: orange against, blue in favor, safe for colour-blind readers.
function shade(stance) {
  const at = Math.min(Math.max((stance + 1) / 2, 0), 1) * (COLOURS.scale.length - 1);
  const below = Math.min(Math.floor(at), COLOURS.scale.length - 2);
  const [low, high] = [channels(COLOURS.scale[below]), channels(COLOURS.scale[below + 1])];
  return `rgb(${low.map((x, c) => Math.round(x + (high[c] - x) * (at - below))).join(", ")})`;
}

// Black or white, whichever reads better on a ground.
function inkOn(colour) {
  const parts = colour.startsWith("#") ? channels(colour) : colour.match(/\d+/g).map(Number);
  const [r, g, b] = parts.map((x) => (x / 255 <= 0.04045 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#111111" : "#ffffff";
}
