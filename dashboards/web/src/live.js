// The page asks for its numbers again whenever the stream says that something new arrived.
// Numbers change in place; rows of the feed wait while it is being read.

const ANNOUNCE_MS = 30_000;
const TINT_MS = 600;
const KEPT = ["open", "hidden", "aria-pressed", "data-state", "data-drawn"];

let stream = null;
let paused = false;
let refreshing = false;
let again = false;
let announcedAt = 0;
let unseen = 0;
let changed = [];

const root = () => document.getElementById("live");
const feed = () => document.getElementById("feed");

export function startLive(htmx) {
  if (!root()) return;
  keepWhatIsTheReaders(htmx);
  document.addEventListener("click", (event) => {
    if (event.target.closest("#pause")) togglePause(htmx);
    if (event.target.closest("#waiting")) showWaiting(htmx);
  });
  document.addEventListener("htmx:after:swap", settle);
  window.addEventListener("pagehide", () => stream?.close());
  window.addEventListener("pageshow", (event) => event.persisted && connect(htmx));
  settle();
  connect(htmx);
}

function connect(htmx) {
  stream?.close();
  const { stream: address, newest } = root().dataset;
  stream = new EventSource(`${address}?seen=${encodeURIComponent(newest)}`);
  stream.addEventListener("open", () => say(paused ? "paused" : "live"));
  stream.addEventListener("changed", () => refresh(htmx));
  stream.addEventListener("lost", () => say("lost"));
  stream.addEventListener("error", () => {
    say("lost");
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => connect(htmx), 5000);
  });
}

async function refresh(htmx) {
  if (paused) return;
  if (refreshing) { again = true; return; }
  refreshing = true;
  try {
    do {
      again = false;
      await htmx.ajax("GET", root().dataset.refresh, { target: "#live", swap: "outerMorph" });
    } while (again);
  } finally {
    refreshing = false;
  }
  say("live");
  announce();
}

function say(state) {
  const status = document.getElementById("stream");
  if (status) status.dataset.state = state;
  const lost = document.getElementById("lost");
  if (!lost) return;
  const asOf = root().querySelector("[data-as-of]")?.textContent ?? "";
  lost.hidden = state !== "lost";
  lost.querySelector("[data-since]").textContent = asOf;
}

function togglePause(htmx) {
  paused = !paused;
  say(paused ? "paused" : "live");
  settle();
  if (!paused) refresh(htmx);
}

// What a reader opened stays open, the feed stands still while it is read, and what changes is marked.
function keepWhatIsTheReaders(htmx) {
  htmx.registerExtension("readers-place", {
    htmx_before_morph_attr: (_, { attrName }) => !KEPT.includes(attrName),
    htmx_before_morph_node: (_, { oldNode, newNode }) => {
      if (oldNode.id === "feed" && isRead(oldNode)) {
        unseen = [...newNode.querySelectorAll("li[id]")].filter((row) => !document.getElementById(row.id)).length;
        return false;
      }
      if (oldNode.hasAttribute?.("data-figure") && oldNode.textContent !== newNode.textContent) changed.push(oldNode);
      return true;
    },
  });
}

const isRead = (list) => list.matches(":hover") || list.contains(document.activeElement);

function showWaiting(htmx) {
  unseen = 0;
  document.activeElement?.blur();
  refresh(htmx);
}

// After each swap: the controls that only scripts need, the pill, and the tint.
function settle() {
  const pause = document.getElementById("pause");
  if (pause) {
    pause.hidden = false;
    pause.textContent = paused ? "Resume" : "Pause";
    pause.setAttribute("aria-pressed", String(paused));
  }
  const waiting = document.getElementById("waiting");
  if (waiting) {
    if (feed() && !isRead(feed())) unseen = 0;
    waiting.hidden = unseen === 0;
    waiting.textContent = `${unseen} new result${unseen === 1 ? "" : "s"}`;
  }
  say(paused ? "paused" : document.getElementById("stream")?.dataset.state ?? "live");
  const marked = changed;
  changed = [];
  for (const figure of marked) {
    figure.classList.add("changed");
    setTimeout(() => figure.classList.remove("changed"), TINT_MS);
  }
}

// One polite region says a summary, at most every 30 s; numbers themselves are silent.
function announce() {
  const region = document.getElementById("said");
  const now = performance.now();
  if (!region || (announcedAt && now - announcedAt < ANNOUNCE_MS)) return;
  announcedAt = now;
  region.textContent = document.getElementById("sum-line")?.textContent.trim() ?? "";
}
