// Draws the columns of the table below the plot, and nothing that does not stand in it.
import uPlot from "uplot";
import { hatching, ink, paint, seriesColours } from "./columns.js";
import { readTable } from "./chart_table.js";

const LABELS_FROM = 720;
const LABEL_WIDTH = 132;
const LABEL_GAP = 17;
const MARK_ROOM = 20;

let plot = null;
let data = null;
let at = null;

export function drawChart() {
  const place = document.getElementById("plot");
  if (!place) { destroy(); return; }
  const table = document.getElementById("chart-data");
  const read = table && readTable(table);
  if (!read || !read.columns.length) { destroy(); return; }
  data = read;
  if (plot && plot.root.parentNode === place) {
    plot.setData(points(), true);
  } else {
    destroy();
    make(place);
  }
  relabel(place);
  readOut(at !== null && at < data.columns.length ? at : null);
}

function destroy() {
  plot?.destroy();
  plot = null;
}

function points() {
  return [data.columns.map((_, index) => index), data.columns.map((column) => column.total)];
}

function make(place) {
  plot = new uPlot(options(place), points(), place);
  const band = document.createElement("div");
  band.className = "band";
  band.hidden = true;
  plot.over.append(band);
  place.addEventListener("keydown", onKey);
  place.addEventListener("focusout", () => readOut(null));
  new ResizeObserver(() => resize(place)).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => plot?.redraw());
}

function resize(place) {
  if (!plot || !place.clientWidth) return;
  plot.setSize({ width: place.clientWidth, height: place.clientHeight });
  relabel(place);
}

function options(place) {
  const text = () => ink("--text-3");
  const font = "12px system-ui, sans-serif";
  return {
    width: place.clientWidth,
    height: place.clientHeight,
    padding: [MARK_ROOM, labelled(place) ? LABEL_WIDTH : 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: () => [-0.5, data.columns.length - 0.5] },
      y: { range: () => [0, top()] },
    },
    axes: [
      {
        stroke: text, font, size: 24, gap: 4,
        grid: { show: false }, ticks: { show: false },
        splits: () => ticks(place),
        values: (_, splits) => splits.map((index) => data.columns[index]?.tick ?? ""),
      },
      {
        stroke: text, font, size: axisWidth(), gap: 6,
        ticks: { show: false },
        grid: { stroke: () => ink("--border"), width: 1 },
        splits: () => levels(),
        values: (_, splits) => splits.map(written),
      },
    ],
    series: [{}, { paths: () => null, points: { show: false } }],
    hooks: {
      draw: [(u) => paint(u, data, seriesColours(data), hatching)],
      setCursor: [(u) => {
        const index = u.cursor.left >= 0 ? Math.round(u.posToVal(u.cursor.left, "x")) : null;
        readOut(index !== null && data.columns[index] ? index : null);
      }],
    },
  };
}

const labelled = (place) =>
  place.clientWidth >= LABELS_FROM && data.series.length > 1 && data.series.length <= 5;

// At most five levels, whole numbers for counts, from zero.
function step() {
  const highest = Math.max(...data.columns.flatMap((c) => [c.total, c.before ?? 0]), 0);
  const raw = Math.max(highest, data.whole ? 4 : 0.04) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const nice = [1, 2, 2.5, 5, 10].find((n) => n * power >= raw) * power;
  return data.whole ? Math.max(1, Math.ceil(nice)) : nice;
}

const levels = () => [0, 1, 2, 3, 4].map((n) => n * step());
const top = () => 4 * step();

function written(value) {
  const whole = Number.isInteger(value);
  return value.toLocaleString("en", { minimumFractionDigits: whole ? 0 : 1, maximumFractionDigits: 2 });
}

const axisWidth = () => Math.max(28, 12 + 7 * Math.max(...levels().map((level) => written(level).length)));

function ticks(place) {
  const room = Math.max(1, Math.floor(place.clientWidth / 56));
  const every = Math.max(1, Math.ceil(data.columns.length / room));
  return data.columns.map((_, index) => index).filter((index) => index % every === 0);
}

function readOut(index) {
  at = index;
  const column = index === null ? null : data.columns[index];
  const line = document.getElementById("readout");
  if (line) line.textContent = column ? column.readout : line.dataset.resting;
  const band = plot?.over.querySelector(".band");
  if (!band) return;
  band.hidden = !column;
  if (!column) return;
  const left = plot.valToPos(index - 0.5, "x");
  band.style.left = `${left}px`;
  band.style.width = `${plot.valToPos(index + 0.5, "x") - left}px`;
}

function onKey(event) {
  const last = data.columns.length - 1;
  const next = {
    ArrowLeft: at === null ? last : Math.max(at - 1, 0),
    ArrowRight: at === null ? 0 : Math.min(at + 1, last),
    Home: 0,
    End: last,
    Escape: null,
  };
  if (!(event.key in next)) return;
  event.preventDefault();
  readOut(next[event.key]);
  const said = document.getElementById("chart-said");
  if (said) said.textContent = at === null ? "" : data.columns[at].readout;
}

// The names of the colours stand at the right of the last column, else in a line above the plot.
function relabel(place) {
  for (const old of place.querySelectorAll(".series-label, .mark-label")) old.remove();
  const keys = document.getElementById("keys");
  const direct = labelled(place);
  if (keys) keys.toggleAttribute("data-drawn", direct);
  if (direct) nameSeries(place);
  nameMarks(place);
}

function nameSeries(place) {
  const column = data.columns.at(-1).total ? data.columns.at(-1) : data.columns.findLast((c) => c.total) ?? data.columns.at(-1);
  const left = plot.over.offsetLeft + plot.over.clientWidth + 8;
  let below = 0;
  const wanted = data.series.map((series, index) => {
    const middle = below + column.cells[index] / 2;
    below += column.cells[index];
    return { series, y: plot.valToPos(middle, "y") + plot.over.offsetTop };
  });
  const bottom = plot.over.offsetTop + plot.over.clientHeight - 8;
  let lowest = bottom + LABEL_GAP;
  for (const label of wanted) { // from the bottom up, none on another
    lowest = label.y = Math.min(label.y, lowest - LABEL_GAP);
  }
  for (const { series, y } of wanted) {
    const name = document.createElement("span");
    name.className = "series-label";
    const swatch = document.createElement("span");
    swatch.className = `swatch slot-${series.slot}`;
    name.append(swatch, series.name);
    name.style.left = `${left}px`;
    name.style.top = `${y - 8}px`;
    name.style.width = `${LABEL_WIDTH - 8}px`;
    place.append(name);
  }
}

function nameMarks(place) {
  data.columns.forEach((column, index) => {
    if (!column.marks) return;
    const x = plot.valToPos(index, "x");
    const name = document.createElement("span");
    name.className = "mark-label";
    name.textContent = column.marks;
    if (x > plot.over.clientWidth / 2) {
      name.style.right = `${place.clientWidth - plot.over.offsetLeft - x - 4}px`;
    } else {
      name.style.left = `${plot.over.offsetLeft + x - 4}px`;
    }
    place.append(name);
  });
}
