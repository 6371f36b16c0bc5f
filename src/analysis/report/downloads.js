// Tables as CSV files, made in the browser.

function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  // A spreadsheet would run text that starts like a formula.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

function csv(names, rows) {
  return [names, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

const STATEMENT_COLUMNS = {
  statement_id: (i, s) => STATEMENTS.id[s],
  target: (i) => LISTS.target[READINGS.target[i]],
  label: (i) => LISTS.label[READINGS.label[i]],
  stance: (i) => Number(stanceOf(i).toFixed(3)),
  p_against: (i) => probability(i, 0),
  p_neutral: (i) => probability(i, 1),
  p_favor: (i) => probability(i, 2),
  via: (i) => READINGS.via[i],
  speaker: (i, s) => LISTS.speaker[STATEMENTS.speaker[s]],
  speaker_role: (i, s) => LISTS.role[STATEMENTS.role[s]],
  reported_by: (i, s) => STATEMENTS.reporter[s],
  kind: (i, s) => LISTS.kind[STATEMENTS.kind[s]],
  cue: (i, s) => STATEMENTS.cue[s],
  text: (i, s) => STATEMENTS.text[s],
  published: (i) => dateOf(i),
  source: (i, s, a) => LISTS.source[ARTICLES.source[a]],
  title: (i, s, a) => ARTICLES.title[a],
  url: (i, s, a) => ARTICLES.url[a],
};

function statementsCsv(rows) {
  const of = (i) => {
    const s = READINGS.statement[i];
    return Object.values(STATEMENT_COLUMNS).map((value) => value(i, s, STATEMENTS.article[s]));
  };
  return csv(Object.keys(STATEMENT_COLUMNS), rows.map(of));
}

function summaryCsv(summary) {
  const names = Object.keys(summary.columns);
  return csv(names, rowsOf(summary).map((row) => names.map((name) => row[name])));
}

function save(name, text) {
  // The mark at the start tells spreadsheets that the file is UTF-8.
  const address = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

function showDownloads() {
  const everything = READINGS.statement.map((_, i) => i);
  const files = [
    ["statements-shown.csv", "the statements that pass the filters, one row for each target", () => statementsCsv(choose(readState()).rows)],
    ["statements.csv", `all ${many(everything.length, "reading")}, one row for each statement and target`, () => statementsCsv(everything)],
    ...DATA.summaries.map((s) => [`summary-by-${s.by.join("-")}.csv`, `estimates by ${s.by.join(" and ").replace("_", " ")}`, () => summaryCsv(s)]),
  ];
  if (DATA.time) files.push([`summary-by-target-${DATA.time.period}.csv`, `estimates by target and ${DATA.time.period}`, () => summaryCsv(DATA.time.points)]);
  byId("downloads").append(
    ...files.map(([name, what, text]) => el("li", {}, el("button", { type: "button", onclick: () => save(name, text()) }, name), ` ${what}`)),
  );
}
