// A card with a chart that can be read as a table too; texts of the person's files come as markup that is escaped.
export function render({model}) {
  const icon = (name) => make("span", {class: "material-icons", "aria-hidden": "true"}, name)
  const heading = make(`h${model.level}`)
  const says = make("p", {class: "q-says"})
  const turn = make("button", {type: "button", class: "turn", onclick: () => { model.is_table = !model.is_table }})
  const figure = make("div", {class: "figure"})
  const [table, nothing, csv] = [make("div"), make("div"), make("span")]
  const chart = new Chart(figure, (mark) => model.send_msg({mark}))
  const png = make(
    "button", {type: "button", class: "png", title: "Save the chart as a PNG picture", onclick: () => chart.save()},
    icon("image"), "PNG",
  )
  const head = make("header", {}, make("div", {}, heading, says), turn)
  const foot = make("footer", {}, csv, png)

  const draw = () => { if (model.told) { chart.show(model.template, JSON.parse(model.told)) } }
  const write = {
    heading: () => { heading.textContent = model.heading },
    says: () => { says.innerHTML = model.says; says.hidden = !model.says },
    nothing: () => { nothing.innerHTML = model.nothing },
    csv: () => { csv.innerHTML = model.csv; csv.hidden = !model.csv },
    table: () => { table.innerHTML = model.table },
    told: draw,
    template: draw,
  }
  const arrange = () => {
    const {has_rows: hasRows, is_table: isTable, has_table: hasTable} = model
    figure.hidden = !hasRows || isTable
    table.hidden = !hasRows || !isTable
    nothing.hidden = hasRows
    foot.hidden = !hasRows
    png.hidden = isTable
    turn.hidden = !hasRows || !hasTable
    const title = isTable ? "Show as a chart" : "Show as a table"
    turn.replaceChildren(icon(isTable ? "bar_chart" : "toc"))
    turn.title = title
    turn.setAttribute("aria-label", title)
  }
  for (const [name, act] of Object.entries(write)) {
    if (name !== "template") { act() }
    model.on(name, act)
  }
  for (const name of ["has_rows", "is_table", "has_table"]) { model.on(name, arrange) }
  arrange()
  model.on("remove", () => chart.close())
  return make("section", {}, head, ...model.get_child("controls"), figure, table, nothing, foot)
}
