// Shares against, neutral and favor as a diverging bar, and beside it the mean with its interval: one row for each target.

const HATCH = "hatch";

function hatching() {
  const line = svg("path", { d: "M0 6 L6 0", class: "hatch-line" });
  return svg("defs", {}, svg("pattern", { id: HATCH, width: 6, height: 6, patternUnits: "userSpaceOnUse" }, svg("rect", { width: 6, height: 6, class: "hatch-ground" }), line));
}

function picture(width, height, label) {
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": label });
}

function tick(x, top, bottom, className) {
  return svg("line", { x1: x, x2: x, y1: top, y2: bottom, class: className });
}

function label(x, y, text, className, anchor) {
  return svg("text", { x, y, class: className, "text-anchor": anchor || "start" }, text);
}

// The mark of an estimate, lengthwise: a filled diamond where corrected, an open circle elsewhere.
function estimateMark(x, y, row, across) {
  const [low, high, at] = [across(row.low), across(row.high), across(row.estimate)];
  const mark = isCorrected(row)
    ? svg("path", { d: `M${at - 6} ${y} L${at} ${y - 6} L${at + 6} ${y} L${at} ${y + 6} Z`, class: "mark filled" })
    : svg("circle", { cx: at, cy: y, r: 4.6, class: "mark" });
  const whisker = `M${low} ${y} H${high} M${low} ${y - 5} V${y + 5} M${high} ${y - 5} V${y + 5}`;
  return [svg("path", { d: whisker, class: "whisker" }), mark];
}

function drawShares(summary) {
  const rows = rowsOf(summary).sort((a, b) => LISTS.target.indexOf(a.target) - LISTS.target.indexOf(b.target));
  return (width) => {
    const narrow = width < 620;
    const left = narrow ? 0 : 150;
    const split = narrow ? width : left + (width - left) * 0.58;
    const step = narrow ? 98 : 46;
    const head = 18;
    const height = head + rows.length * step + 26;
    const reach = Math.max(0.5, ...rows.flatMap(shareParts).flatMap((part) => [-part.from, part.from + part.size]));
    const share = (x) => left + 4 + ((x / reach + 1) / 2) * (split - left - 8);
    const means = narrow ? [8, width - 8] : [split + 34, width - 12];
    const across = (x) => means[0] + ((x + 1) / 2) * (means[1] - means[0]);
    const image = picture(width, height, "Shares of statements and mean stance for each target");
    image.append(hatching());
    if (!narrow) {
      image.append(label(share(0), 11, "share of statements", "small", "middle"));
      image.append(label(across(0), 11, "mean stance, with interval", "small", "middle"));
      image.append(tick(share(0), head, height - 26, "zero"));
    }
    for (const x of narrow ? [] : [-1, -0.5, 0, 0.5, 1]) image.append(tick(across(x), head, height - 22, x ? "grid" : "zero"));
    rows.forEach((row, n) => {
      const top = head + n * step;
      const middle = narrow ? top + 32 : top + step / 2;
      image.append(label(0, narrow ? top + 10 : middle - 2, row.target, "name"));
      image.append(narrow ? label(width, top + 10, articlesText(row), "small", "end") : label(0, middle + 13, articlesText(row), "small"));
      shareParts(row).forEach((part) => image.append(shareLink(row, part, share, middle)));
      const y = narrow ? top + 74 : middle;
      if (narrow) for (const x of [-1, 0, 1]) image.append(tick(across(x), top + 58, top + 84, x ? "grid" : "zero"));
      image.append(meanLink(row, y, across));
    });
    for (const [x, text] of [[-1, "−1 against"], [0, "0"], [1, "favor +1"]]) {
      image.append(label(across(x), height - 6, text, "small", x < 0 ? "start" : x > 0 ? "end" : "middle"));
    }
    return image;
  };
}

// Neutral stands in the middle, so that the bar leans the way the statements do.
function shareParts(row) {
  const known = row.estimate !== null;
  const parts = ["against", "neutral", "unsure", "favor"].map((name) => ({
    name,
    known,
    number: row[`n_${name}`],
    size: known ? row[`share_${name}`] : row[`n_${name}`] / row.n_statements,
  }));
  let at = -parts[0].size - (parts[1].size + parts[2].size) / 2;
  for (const part of parts) {
    part.from = at;
    at += part.size;
  }
  return parts.filter((part) => part.size > 0);
}

function shareLink(row, part, share, y) {
  const [x, wide] = [share(part.from), share(part.from + part.size) - share(part.from)];
  const long = part.known ? percent(part.size) : `${part.number} ${LABEL_WORDS[part.name]}`;
  const words = wide > long.length * 7 || part.known ? long : count(part.number);
  const ground = part.name === "unsure" ? `url(#${HATCH})` : COLOURS[part.name];
  // Without an estimate an outline with counts, never a full bar that looks like one.
  const bar = { x, y: y - 12, width: Math.max(wide - 1, 1), height: 24, rx: 1.5, class: part.known ? "bar" : `bar count count-${part.name}` };
  if (part.known) bar.fill = ground;
  const ink = part.known && part.name !== "unsure" ? (inkOn(COLOURS[part.name]) === "#ffffff" ? "on-dark" : "on-light") : "plain-ink";
  const text = label(x + wide / 2, y + 4, words, `in-bar ${ink}`, "middle");
  const size = part.known ? `${isCorrected(row) ? "corrected share " : ""}${percent(part.size)}, ` : "";
  const said = `${row.target}, ${LABEL_WORDS[part.name]}: ${size}${many(part.number, "statement")} labelled ${LABEL_WORDS[part.name]}`;
  const link = { href: linkTo({ target: row.target, label: part.name }), "aria-label": said, class: "go" };
  return svg("a", link, svg("title", {}, said), svg("rect", bar), wide > words.length * 7 ? text : null);
}

function meanLink(row, y, across) {
  const said = `${row.target}: ${say(row)}`;
  const wide = across(1) - across(-1);
  const place = svg("rect", { x: across(-1), y: y - 20, width: wide, height: 36, class: "hit" });
  const inner = row.estimate === null
    ? [label(across(0), y + 4, "too few articles for an estimate", "few", "middle")]
    : [...estimateMark(0, y + 3, row, across), label(across(row.estimate), y - 8, signed(row.estimate), "value", "middle")];
  return svg("a", { href: linkTo({ target: row.target }), "aria-label": said, class: "go" }, svg("title", {}, said), place, inner);
}

function howMade(rows, marks = ["Filled diamonds", "open circles"]) {
  const known = rows.filter((row) => row.estimate !== null);
  if (!known.length) return "Counts of classifier output, uncorrected.";
  if (known.every(isCorrected)) return "Corrected with hand labels.";
  return known.some(isCorrected) ? `${marks[0]}: corrected with hand labels; ${marks[1]}: classifier output, uncorrected.` : "Classifier output, uncorrected.";
}

function showShares() {
  const summary = summaryBy("target");
  if (!summary) {
    byId("shares").append(el("p", { class: "how" }, "There is nothing to draw: no table by target."));
    return;
  }
  const rows = rowsOf(summary);
  const swatch = (name) => el("span", { class: `swatch swatch-${name}` }, name === "favor" ? "in favor" : name);
  const names = ["against", "neutral", "unsure", "favor"].filter((name) => name !== "unsure" || rows.some((row) => row.n_unsure));
  byId("shares").before(el("p", { class: "legend" }, names.map(swatch)));
  byId("shares-caption").append(`${howMade(rows)} n: statements.`, el("span", { class: "hint" }, " Click a bar for the statements with that label, the mean for all."));
  whenResized(byId("shares"), drawShares(summary));
}
