// Elements of text and attributes only: nothing on this page parses HTML that came from an article.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== "") node.append(child);
  }
  return node;
}

function el(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function byId(id) {
  return document.getElementById(id);
}

// An address from an article becomes a link only if a browser would fetch it from the web; anything else is shown as the text it is.
function outside(url, text) {
  if (!/^https?:\/\/[^\s]+$/i.test(url)) return el("span", {}, text);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text);
}

function count(n) {
  return Number(n).toLocaleString("en-US");
}

function many(n, one, more) {
  return `${count(n)} ${n === 1 ? one : more || one + "s"}`;
}

function signed(x) {
  if (Math.abs(x) < 0.005) return "0.00";
  return (x < 0 ? "−" : "+") + Math.abs(x).toFixed(2);
}

function interval(row) {
  return `[${signed(row.low)}, ${signed(row.high)}]`;
}

function percent(x) {
  return `${Math.round(100 * x)} %`;
}

// Draw again whenever the place for a chart gets wider or narrower, and as wide as a sheet for printing.
const PAPER = 680;
const NARROWEST = 240; // printing lays the page out in a strip for a moment

function whenResized(place, draw) {
  let width = 0;
  window.addEventListener("beforeprint", () => place.replaceChildren(draw(PAPER)));
  window.addEventListener("afterprint", () => width && place.replaceChildren(draw(width)));
  const again = () => {
    if (place.clientWidth && Math.abs(place.clientWidth - width) > 1) {
      width = place.clientWidth;
      place.replaceChildren(draw(Math.max(width, NARROWEST)));
      markChosen();
    }
  };
  again();
  new ResizeObserver(again).observe(place);
}
