// The parts together: the address says what is shown, and every link of a chart leads to its statements.

let origin = null;

function show() {
  const state = readState();
  const { rows, counts } = choose(state);
  updateFilters(state, counts);
  updateChips(state);
  updateStatements(state, rows);
  markChosen();
}

// Outlines the bar, cell or point whose statements are shown, and says its figure above them.
function markChosen() {
  const state = readState();
  delete state.page;
  delete state.sort;
  const here = linkTo(state);
  let figure = "";
  for (const link of document.querySelectorAll("a.go, a.cell, a.tile")) {
    const chosen = here !== "#" && new URLSearchParams(link.getAttribute("href").slice(1)).toString() === here.slice(1);
    if (chosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    if (chosen) figure = link.getAttribute("aria-label") || figure;
  }
  byId("figure").textContent = figure && `The figure they stand behind: ${figure}.`;
}

function go(filters, { replace = false } = {}) {
  const address = linkTo(filters);
  const whole = address === "#" ? location.pathname + location.search : address;
  if (address !== (location.hash || "#")) {
    try {
      history[replace ? "replaceState" : "pushState"](null, "", whole);
    } catch {
      // Pages shown inside others may not write their history; the fragment they may.
      location.hash = address;
    }
  }
  show();
}

function jump(id) {
  const head = byId(`${id}-head`);
  head.closest("section").scrollIntoView();
  head.focus({ preventScroll: true });
}

function follow(event) {
  const link = event.target.closest("a");
  const address = link && link.getAttribute("href");
  if (!address || !address.startsWith("#") || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.dataset.jump) {
    jump(link.dataset.jump);
    return;
  }
  const outsideList = !link.closest("#statements");
  go(Object.fromEntries(new URLSearchParams(address.slice(1))));
  if (outsideList) origin = link;
  byId("return").hidden = !origin || !outsideList;
  jump("statements");
}

function showReturn() {
  const back = () => {
    if (!origin || !origin.isConnected) return jump("overview");
    origin.scrollIntoView({ block: "center" });
    return origin.focus({ preventScroll: true });
  };
  byId("statements-head").after(el("button", { type: "button", id: "return", class: "return", hidden: true, onclick: back }, "↑ Back to the figure"));
}

showShares();
showTimeline();
showMatrix();
showFilters();
showReturn();
showDownloads();
document.addEventListener("click", follow);
window.addEventListener("hashchange", show);
window.addEventListener("beforeprint", () => document.querySelectorAll("#methods details").forEach((box) => (box.open = true)));
show();
if (isFiltered(readState())) byId("statements").scrollIntoView();
