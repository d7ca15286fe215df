// Paints columns on uPlot's canvas: solid when closed, hatched while they are not.

const GAP = 1;

export const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const seriesColours = ({ series }) => series.map(({ slot }) => ink(`--series-${slot}`));

// A pattern of the colour on the surface, at the canvas' own resolution.
export function hatching(context, colour) {
  const size = Math.round(6 * devicePixelRatio);
  const tile = new OffscreenCanvas(size, size);
  const pen = tile.getContext("2d");
  pen.fillStyle = ink("--surface");
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = colour;
  pen.lineWidth = size / 2.6;
  pen.lineCap = "square";
  for (const shift of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
    pen.stroke();
  }
  return context.createPattern(tile, "repeat");
}

export function paint(u, data, colours, hatch) {
  const { ctx: pen } = u;
  const ratio = devicePixelRatio;
  const unit = Math.abs(u.valToPos(1, "x", true) - u.valToPos(0, "x", true));
  const width = Math.max(1, Math.min(unit * 0.72, 56 * ratio));
  pen.save();
  data.columns.forEach((column, index) => {
    const middle = u.valToPos(index, "x", true);
    paintColumn(u, pen, column, middle - width / 2, width, colours, hatch, ratio);
  });
  paintBefore(u, pen, data, unit, ratio);
  paintMarks(u, pen, data, ratio);
  pen.restore();
}

function paintColumn(u, pen, column, left, width, colours, hatch, ratio) {
  let below = 0;
  column.cells.forEach((value, index) => {
    if (!value) return;
    const bottom = u.valToPos(below, "y", true) - (below ? GAP * ratio : 0);
    const top = u.valToPos(below + value, "y", true);
    below += value;
    const height = Math.max(bottom - top, 1);
    pen.fillStyle = column.open ? hatch(pen, colours[index]) : colours[index];
    pen.fillRect(left, top, width, height);
    if (!column.open) return;
    pen.strokeStyle = colours[index];
    pen.lineWidth = ratio;
    pen.strokeRect(left + ratio / 2, top + ratio / 2, width - ratio, Math.max(height - ratio, 0));
  });
}

// The period before, as a thin line of steps.
function paintBefore(u, pen, data, unit, ratio) {
  pen.strokeStyle = ink("--series-0");
  pen.lineWidth = 1.5 * ratio;
  pen.beginPath();
  data.columns.forEach((column, index) => {
    if (column.before === null) return;
    const middle = u.valToPos(index, "x", true);
    const y = u.valToPos(column.before, "y", true);
    const follows = index > 0 && data.columns[index - 1].before !== null;
    pen[follows ? "lineTo" : "moveTo"](middle - unit / 2, y);
    pen.lineTo(middle + unit / 2, y);
  });
  pen.stroke();
}

// A budget that was used up: two bars on the column, named above it.
function paintMarks(u, pen, data, ratio) {
  pen.fillStyle = ink("--near");
  const { top } = u.bbox;
  data.columns.forEach((column, index) => {
    if (!column.marks) return;
    const x = u.valToPos(index, "x", true);
    const peak = u.valToPos(Math.max(column.total, column.before ?? 0), "y", true);
    pen.fillRect(x - ratio / 2, top, ratio, Math.max(peak - top - 4 * ratio, 4 * ratio));
  });
}
