// What a file holds, as tables.
function shown(value, kind) {
  if (value === null) { return "—" }
  const text = kind === "number" ? value.toLocaleString("en-US", {maximumFractionDigits: 2}) : String(value)
  return text.length > 28 ? `${text.slice(0, 27)}…` : text
}

function columnsTable(told, {number, file}) {
  const head = ["Column", "Read as", "Filled", "Distinct", "Range"].map((title, i) => make("th", {scope: "col", class: i === 2 || i === 3 ? "q-number" : false}, title))
  const good = told.rows - told.broken
  const rows = told.columns.map((one) => make("tr", {},
    make("th", {scope: "row"}, one.name || "(blank)"),
    make("td", {}, one.declared ? one.declared.meaning : chip("not declared: kept with each row")),
    make("td", {class: "q-number"}, make("span", {class: "meter", style: `--filled:${percent(one.filled, good)}%`}, good ? `${((100 * one.filled) / good).toFixed(1)} %` : "—")),
    make("td", {class: "q-number"}, count(one.distinct)),
    make("td", {}, one.lowest === null ? "—" : `${shown(one.lowest, one.kind)} – ${shown(one.highest, one.kind)}`),
  ))
  return make("div", {class: "q-scroll", tabindex: "0", role: "region", "aria-label": `Columns of ${file.name}`, "data-focus": `columns-${number}`},
    make("table", {class: "q-table columns"}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)))
}

function rowsTable(told, {number, file}) {
  const head = told.columns.map((one) => make("th", {scope: "col"}, one.name || "(blank)"))
  const rows = told.first.map((record) => make("tr", {}, ...record.map((text) => make("td", {title: text}, text))))
  return make("div", {class: "q-scroll", tabindex: "0", role: "region", "aria-label": `First rows of ${file.name}`, "data-focus": `rows-${number}`},
    make("table", {class: "q-table rows"}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)))
}
