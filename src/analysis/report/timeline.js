// Stance per period as points with intervals, a smoothed line with its band, events: one panel for each target.

const DAY = 86400000;

function timeOf(date) {
  return Date.parse(`${date}T00:00:00Z`);
}

function drawTimeline(time, rows, targets) {
  const starts = rows.map((row) => timeOf(row[time.period]));
  const ends = rows.map((row) => timeOf(row[`${time.period}_end`]) + DAY);
  const [first, last] = [Math.min(...starts), Math.max(...ends)];
  const periods = (last - first) / Math.min(...ends.map((end, i) => end - starts[i]));
  return (room) => {
    // Where the numbers would run into each other, the chart is wider than its place and scrolls.
    const width = Math.max(room, 44 + periods * 15);
    const [left, right, step, head] = [34, 10, 138, 26];
    const height = head + targets.length * step + 18;
    const across = (t) => left + ((t - first) / (last - first)) * (width - left - right);
    const image = picture(width, height, `Stance per ${time.period} for each target`);
    const upright = (width - left - right) / periods < 30;
    targets.forEach((target, n) => {
      const top = head + n * step;
      const up = (y) => top + 18 + ((1 - y) / 2) * (step - 58);
      image.append(label(left, top + 8, target, "name"));
      for (const y of [-1, 0, 1]) {
        image.append(svg("line", { x1: left, x2: width - right, y1: up(y), y2: up(y), class: y ? "grid" : "zero" }));
        image.append(label(left - 6, up(y) + 4, y ? (y > 0 ? "+1" : "−1") : "0", "small", "end"));
      }
      image.append(label(left - 6, top + step - 20, "n", "small", "end"));
      image.append(...smoothLine(time.lines[target], across, up));
      const places = rows.filter((row) => row.target === target).map((row) => pointLink(row, time.period, across, up, top + step - 20, upright));
      image.append(...places);
    });
    image.append(...timeAxis(first, last, across, height - 4, width - left - right), ...eventLines(time.events, first, last, across, head - 10, height - 18));
    return image;
  };
}

function pointLink(row, period, across, up, foot, upright) {
  const [x0, x1] = [across(timeOf(row[period])), across(timeOf(row[`${period}_end`]) + DAY)];
  const x = (x0 + x1) / 2;
  const said = `${row.target}, ${row[period]} to ${row[`${period}_end`]}: ${say(row)}`;
  const few = row.estimate === null;
  const number = svg("text", { x, y: foot, class: few ? "n-few" : "n", "text-anchor": upright ? "end" : "middle" }, count(row.n_statements));
  if (upright) {
    number.setAttribute("transform", `rotate(-90 ${x} ${foot})`);
    number.setAttribute("x", x + 8);
    number.setAttribute("y", foot + 4);
  }
  const inner = [svg("rect", { x: x0, y: up(1) - 8, width: Math.max(x1 - x0, 4), height: foot + 10 - up(1), class: "hit" })];
  if (!few) {
    const [low, high, at] = [up(row.low), up(row.high), up(row.estimate)];
    inner.push(svg("path", { d: `M${x} ${low} V${high} M${x - 3} ${low} H${x + 3} M${x - 3} ${high} H${x + 3}`, class: "whisker" }));
    inner.push(
      isCorrected(row)
        ? svg("path", { d: `M${x - 5} ${at} L${x} ${at - 5} L${x + 5} ${at} L${x} ${at + 5} Z`, class: "mark filled" })
        : svg("circle", { cx: x, cy: at, r: 3.8, class: "mark" }),
    );
  }
  return svg("a", { href: linkTo(behind(["target", period], row)), "aria-label": said, class: "go" }, svg("title", {}, said), inner, number);
}

// The line breaks where there is too little to smooth.
function smoothLine(line, across, up) {
  if (!line) return [];
  const [days, values, lows, highs] = line;
  const runs = [];
  days.forEach((day, i) => {
    if (values[i] === null) return;
    if (!i || values[i - 1] === null) runs.push([]);
    runs[runs.length - 1].push(i);
  });
  return runs.flatMap((run) => {
    const x = (i) => across(timeOf(days[i])).toFixed(1);
    const path = (of, order) => order.map((i) => `${x(i)} ${up(of[i]).toFixed(1)}`).join(" L");
    const band = svg("path", { d: `M${path(highs, run)} L${path(lows, [...run].reverse())} Z`, class: "band" });
    return [band, svg("path", { d: `M${path(values, run)}`, class: "smooth" })];
  });
}

function timeAxis(first, last, across, y, room) {
  const months = (last - first) / DAY / 30.4;
  const every = [1, 2, 3, 6, 12, 24, 60, 120].find((n) => (months / n) * 66 < room) || 240;
  const made = [];
  const begin = new Date(first);
  for (let n = Math.ceil(begin.getUTCMonth() / every) * every; ; n += every) {
    const at = Date.UTC(begin.getUTCFullYear(), n, 1);
    if (at > last) break;
    if (at < first) continue;
    const day = new Date(at);
    const text = every < 12 ? `${day.toLocaleString("en-GB", { month: "short", timeZone: "UTC" })} ’${String(day.getUTCFullYear()).slice(2)}` : String(day.getUTCFullYear());
    made.push(tick(across(at), y - 14, y - 10, "zero"), label(across(at), y, text, "small", across(at) > room ? "end" : "middle"));
  }
  return made;
}

function eventLines(events, first, last, across, top, bottom) {
  return events
    .filter(([date]) => timeOf(date) >= first && timeOf(date) <= last)
    .flatMap(([date, name], n) => {
      const x = across(timeOf(date));
      const late = timeOf(date) > first + (last - first) * 0.75;
      // Neighbouring events stand on two lines, so that their names do not run into each other.
      return [tick(x, top - 8, bottom, "event"), label(late ? x - 4 : x + 4, top - (n % 2 ? 0 : 8), name, "small", late ? "end" : "start")];
    });
}

function showTimeline() {
  const time = DATA.time;
  if (!time) return;
  const rows = rowsOf(time.points);
  const targets = LISTS.target.filter((target) => rows.some((row) => row.target === target));
  byId("timeline-caption").append(
    `${howMade(rows)} Points: per ${time.period}, with interval. Line and band: kernel average of the classifier output, uncorrected. ` +
      "Small figures: number of statements, slanted where there are too few articles for a point.",
    el("span", { class: "hint" }, " Click a point for its statements."),
  );
  whenResized(byId("timeline"), drawTimeline(time, rows, targets));
}
