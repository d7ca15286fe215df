// Reads the chart's table: what is drawn is what can be read.

export function readTable(table) {
  const heads = [...table.querySelectorAll("thead th[data-slot]")];
  return {
    whole: table.dataset.whole === "true",
    series: heads.map((head) => ({ name: head.dataset.name, slot: head.dataset.slot })),
    columns: [...table.querySelectorAll("tbody tr")].map(readRow),
  };
}

function readRow(row) {
  const value = (cell) => (cell ? Number(cell.dataset.value) : null);
  return {
    tick: row.dataset.tick,
    readout: row.dataset.readout,
    marks: row.dataset.marks,
    open: row.dataset.open === "true",
    cells: [...row.querySelectorAll("td[data-part]")].map(value),
    total: value(row.querySelector("td[data-total]")),
    before: value(row.querySelector("td[data-before]")),
  };
}
