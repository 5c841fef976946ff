// The grid in the browser: Tabulator draws one page of rows; what a person does is told to the server, which decides.
const NUMBERS = {INR: new Intl.NumberFormat("en-IN", {minimumFractionDigits: 2}), IDR: new Intl.NumberFormat("id-ID"), "": new Intl.NumberFormat("en", {maximumFractionDigits: 6})}

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) { node.addEventListener(name.slice(2), value) }
    else if (value === true) { node.setAttribute(name, "") }
    else if (value !== false && value != null) { node.setAttribute(name, value) }
  }
  node.append(...children.filter((one) => one != null))
  return node
}

function loaded(script) {
  if (window.Tabulator) { return Promise.resolve() }
  return new Promise((resolve, reject) => {
    const tag = make("script", {src: script, onload: resolve, onerror: reject})
    document.head.appendChild(tag)
  })
}

// Tabulator measures what it draws, so it waits for a place on the page and for the styles there.
async function styled(grid) {
  const {root} = grid
  while (!root.isConnected && !grid.isGone) { await new Promise((next) => requestAnimationFrame(next)) }
  const late = [...root.getRootNode().querySelectorAll("link[rel=stylesheet]")].filter((link) => !link.sheet)
  await Promise.all(late.map((link) => new Promise((done) => { link.addEventListener("load", done); link.addEventListener("error", done) })))
}

const SIDES = {ArrowLeft: -1, ArrowRight: 1}
const KEYS = [["Arrows, Home, End", "from cell to cell; up from the first row to the filters and titles"], ["Page up, Page down", "rows before, next rows; with Ctrl the first and the last"],
  ["Enter or F2", "correct the cell; Enter or Tab writes it, Escape leaves it"], ["Space", "history and origin of the row, or hide them"], ["Ctrl+C, Ctrl+V", "copy a cell, paste cells from it on"],
  ["Ctrl+Z", "take back the last correction of the cell"], ["Enter on a title", "sort"], ["Shift with ← or →", "a narrower or wider column"]]

const shown = (column, text) => text === "" || column.kind !== "number" ? text : NUMBERS[column.unit].format(text)

class Grid {
  constructor(model) {
    this.model = model
    this.column = {}
    this.place = {row: 0, column: 0}
    this.holder = make("div", {class: "table"})
    this.footer = make("div", {class: "footer"})
    this.busy = make("div", {class: "busy", role: "status"}, make("span", {}, "Asking the database…"),
      make("button", {type: "button", onclick: () => this.tell("cancel")}, "Cancel"))
    this.nothing = make("div", {class: "nothing"}, make("strong", {}, ""), make("p", {}, ""))
    this.keys = make("details", {class: "keys"}, make("summary", {class: "plain"}, "Keys"), make("dl", {}, ...KEYS.flatMap(([key, does]) => [make("dt", {}, key), make("dd", {}, does)])))
    this.keys.addEventListener("keydown", (event) => { if (event.key === "Escape") { this.keys.open = false } })
    this.keys.addEventListener("focusout", () => { this.keys.open = false })
    this.root = make("div", {class: "grid"}, this.holder, this.nothing, this.busy, this.footer)
    this.root.addEventListener("keydown", (event) => this.key(event), true)
    this.root.addEventListener("paste", (event) => this.paste(event))
    this.root.addEventListener("copy", (event) => this.copy(event))
    this.root.addEventListener("focusin", (event) => this.focused(event))
  }

  tell(what, told = {}) { this.model.send_msg({what, ...told}) }

  build() {
    this.end()
    this.isBuilt = false
    this.column = Object.fromEntries(this.model.columns.map((one) => [one.field, one]))
    this.heads = {}
    const said = this.model.page
    this.table = new window.Tabulator(this.holder, {
      data: said.rows.map((row) => ({...row})), index: "id", layout: "fitData", height: "min(64vh, 44rem)",
      renderVertical: "basic", columnHeaderSortMulti: false, editTriggerEvent: "dblclick", keybindings: false, placeholder: "",
      headerSort: false, columns: this.model.columns.map((one) => this.definition(one)), rowFormatter: (row) => this.dress(row),
    })
    this.table.on("tableBuilt", () => { this.isBuilt = true; this.reachCells(); this.measure(); this.follow(); this.showHeads() })
    this.table.on("columnResized", (column) => this.keepWidth(column))
    this.table.on("cellEdited", (cell) => this.edited(cell))
    this.table.on("cellDblClick", (event, cell) => { if (!this.column[cell.getField()].is_editable) { this.tell("not_editable", {column: cell.getField()}) } })
    this.table.on("cellClick", (event, cell) => this.tell("row", {row: cell.getData().id}))
    this.table.on("renderComplete", () => this.rove())
  }

  end() {
    this.sizes?.disconnect()
    this.table?.destroy()
  }

  // The keyboard reaches the cells; the box around them is neither row nor cell, so it may not take the focus.
  reachCells() { this.holder.querySelector(".tabulator-tableholder")?.removeAttribute("tabindex") }

  measure() {
    this.room = 0
    this.own = new Set()
    this.widths = Object.fromEntries(this.table.getColumns().map((one) => [one.getField(), one.getWidth()]))
    this.sizes?.disconnect()
    this.sizes = new ResizeObserver(() => this.spread())
    this.sizes.observe(this.holder.querySelector(".tabulator-tableholder"))
  }

  // All columns get their share of what is left of a wide screen, however its width changes; a person's own widths stay.
  spread() {
    const room = this.holder.querySelector(".tabulator-tableholder").clientWidth
    if (!room || room === this.room) { return }
    this.room = room
    const columns = this.table.getColumns(), shared = columns.filter((one) => !this.own.has(one.getField()))
    const left = room - columns.reduce((sum, one) => sum + this.widths[one.getField()], 0), share = Math.max(0, Math.floor(left / shared.length))
    for (const one of shared) { one.setWidth(this.widths[one.getField()] + share) }
    this.keepClear()
  }

  keepWidth(column) {
    this.own.add(column.getField())
    this.widths[column.getField()] = column.getWidth()
    this.keepClear()
  }

  // What is scrolled to may not lie under the frozen columns.
  keepClear() {
    const width = this.table.getColumns().filter((one) => one.getDefinition().frozen).reduce((sum, one) => sum + one.getWidth(), 0)
    for (const part of ["tableholder", "header"]) { this.holder.querySelector(`.tabulator-${part}`).style.scrollPaddingLeft = `${width}px` }
  }

  definition(one) {
    return {
      title: one.title, field: one.field, frozen: one.is_key, headerSort: false, hozAlign: one.kind === "number" ? "right" : "left",
      minWidth: one.kind === "date" ? 136 : 104, maxInitialWidth: one.is_key ? (this.isNarrow() ? 130 : 240) : 340, resizable: "header", headerTooltip: one.meaning,
      titleFormatter: () => this.head(one), formatter: (cell) => this.cell(cell, one),
      editor: one.is_editable ? (cell, onRendered, success, cancel) => this.editor(cell, one, onRendered, success, cancel) : undefined,
    }
  }

  // Where there is little room the key stays beside the other columns, and gives way to them.
  isNarrow() { return window.matchMedia("(max-width: 599px)").matches }

  head(one) {
    const sort = make("button", {type: "button", class: `sort${one.is_fast ? " fast" : ""}`, title: `${one.meaning}${one.is_fast ? " Sorted and filtered at once, however many rows there are." : ""}`,
      onclick: () => this.tell("sort", {column: one.field})}, make("span", {}, one.title), make("i", {"aria-hidden": "true"}))
    const filter = one.values.length
      ? make("select", {}, make("option", {value: ""}, "All"), ...one.values.map((value) => make("option", {value}, value)))
      : make("input", {type: "text", size: 1, placeholder: {number: "10..20", date: "2026-01-01..31"}[one.kind] ?? "contains", spellcheck: "false", autocomplete: "off"})
    filter.setAttribute("aria-label", `Filter ${one.title}`)
    filter.className = "filter"
    filter.addEventListener("change", () => this.tell("filter", {column: one.field, text: this.asFilter(one, filter.value)}))
    filter.addEventListener("keydown", (event) => { if (event.key === "Escape") { filter.value = this.model.page.filters?.[one.field] ?? "" } })
    for (const kind of ["mousedown", "click", "dblclick"]) { filter.addEventListener(kind, (event) => event.stopPropagation()) }
    this.heads[one.field] = {sort, filter}
    return make("div", {class: "head"}, sort, filter)
  }

  // A text that a person types is looked for anywhere in the cell; a link's text stands as it is.
  asFilter(one, text) {
    const told = text.trim()
    const isPlain = told && one.kind === "text" && !one.values.length && !told.includes("*") && told !== "(none)"
    return isPlain ? `*${told}*` : one.kind === "date" ? told.replace(/^(\d{4}-\d{2}-)(\d{2})\.\.(\d{2})$/, "$1$2..$1$3") : told
  }

  showHeads() {
    const {filters = {}, sort = ""} = this.model.page
    const by = sort.replace(/^-/, ""), way = sort.startsWith("-") ? "descending" : "ascending"
    for (const [field, head] of Object.entries(this.heads)) {
      const isSorted = field === by
      head.sort.dataset.way = isSorted ? way : ""
      head.sort.closest(".tabulator-col")?.setAttribute("aria-sort", isSorted ? way : "none")
      const text = filters[field] ?? ""
      if (head.filter.tagName === "SELECT" && text && ![...head.filter.options].some((option) => option.value === text)) {
        head.filter.append(make("option", {value: text}, text))
      }
      if (head.filter !== this.active() && head.filter.value !== text) { head.filter.value = text }
      head.filter.classList.toggle("is-set", text !== "")
    }
  }

  active() { return this.root.getRootNode().activeElement }

  cell(cell, one) {
    const {id} = cell.getData(), text = cell.getValue() ?? "", mark = this.model.page.marks?.[id]?.[one.field]
    const node = cell.getElement()
    node.classList.toggle("is-corrected", Boolean(mark))
    node.classList.toggle("is-editable", one.is_editable)
    node.title = mark ?? (text.length > 30 ? text : "")
    const content = make("span", {}, shown(one, text))
    return mark ? make("span", {}, content, make("span", {class: "q-visually-hidden"}, `. ${mark}`)) : content
  }

  dress(row) { row.getElement().classList.toggle("is-chosen", row.getData().id === this.model.page.row) }

  editor(cell, one, onRendered, success, cancel) {
    const old = cell.getValue() ?? ""
    const input = one.values.length
      ? make("select", {}, ...[...new Set(["", old, ...one.values])].map((value) => make("option", {value}, value)))
      : make("input", {type: one.kind === "date" ? "date" : "text", inputmode: one.kind === "number" ? "decimal" : "text", spellcheck: "false"})
    input.className = "editor"
    input.setAttribute("aria-label", `${one.title} of ${cell.getData().id}`)
    input.value = old
    this.seen = old
    let isOver = false
    const end = (isWanted) => {
      if (isOver) { return }
      isOver = true
      if (isWanted && input.value !== old) { success(input.value) } else { cancel(); this.follow() }
    }
    input.addEventListener("blur", () => end(true))
    input.addEventListener("keydown", (event) => {
      event.stopPropagation()
      const move = {Enter: [1, 0], Tab: [0, event.shiftKey ? -1 : 1], Escape: [0, 0]}[event.key]
      if (!move) { return }
      event.preventDefault()
      end(event.key !== "Escape")
      if (event.key === "Tab") { this.editNext(move[1]) } else { this.go(this.place.row + move[0], this.place.column) }
    })
    onRendered(() => { input.focus(); input.select?.() })
    return input
  }

  edited(cell) {
    cell.getElement().classList.add("is-pending")
    this.tell("edit", {row: cell.getData().id, column: cell.getField(), text: String(cell.getValue() ?? ""), seen: String(this.seen ?? "")})
  }

  rows() { return this.table.getRows() }

  follow() {
    if (!this.isBuilt) { return }
    const {rows, told = {}} = this.model.page
    const mine = this.rows()
    const isSame = mine.length === rows.length && mine.every((row, number) => row.getData().id === rows[number].id)
    this.nothing.hidden = rows.length > 0
    this.nothing.firstChild.textContent = told.empty ?? ""
    this.nothing.lastChild.textContent = told.empty_do ?? ""
    this.showHeads()
    this.showFooter(told)
    if (isSame) { rows.forEach((row, number) => this.update(mine[number], row)) }
    else { this.replace(rows) }
  }

  update(row, wanted) {
    const now = row.getData()
    const edited = row.getElement().querySelector(".editor")?.closest(".tabulator-cell")?.getAttribute("tabulator-field")
    const changed = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => now[name] !== value && name !== edited))
    const marks = JSON.stringify(this.model.page.marks?.[wanted.id] ?? {})
    const focused = row.getElement().contains(this.active()) && this.active().classList.contains("tabulator-cell") && this.active().getAttribute("tabulator-field")
    if (Object.keys(changed).length) { row.update(changed) }
    if (row.getElement().dataset.marks !== marks && !edited) { row.getElement().dataset.marks = marks; row.reformat(); this.rove() }
    if (focused) { row.getCell(focused).getElement().focus({preventScroll: true}) }
    row.getElement().querySelectorAll(".is-pending").forEach((node) => node.classList.remove("is-pending"))
    this.dress(row)
  }

  replace(rows) {
    const hadFocus = this.holder.contains(this.active()) && !this.active()?.closest(".head")
    this.place.row = 0
    this.table.replaceData(rows.map((row) => ({...row}))).then(() => {
      this.rove()
      this.showHeads()  // Tabulator, which sorts nothing, says so of every column
      if (hadFocus) { this.go(0, this.place.column) }
    })
  }

  // Cells that the server puts right after it judged an edit.
  put(row, cells) {
    const found = this.table.getRow(row)
    if (found) { this.update(found, {id: row, ...cells}) }
  }

  showFooter(told) {
    const button = (label, way, isOff) => make("button", {type: "button", class: "page", disabled: isOff, "aria-label": label, title: label, "data-way": way,
      onclick: () => this.tell("page", {way})}, {first: "«", before: "‹", after: "›", last: "»"}[way])
    const focused = this.footer.contains(this.active()) ? this.active().dataset.way : null
    this.footer.replaceChildren(...[
      make("span", {class: "told", role: "status"}, told.rows ?? ""),
      told.can_count ? make("button", {type: "button", class: "plain", onclick: () => this.tell("count")}, "Count exactly") : null,
      make("span", {class: "fill"}),
      this.keys,
      ...(told.is_stale ? [make("button", {type: "button", class: "plain", onclick: () => this.tell("page", {way: "first"})}, "Rows came or went: show them")] : []),
      told.export ? make("a", {href: told.export, download: true, class: "plain"}, told.export_label) : null,
      make("span", {class: "pager", role: "group", "aria-label": "Pages"}, button("First rows", "first", !told.has_before), button("Rows before", "before", !told.has_before),
        button("Next rows", "after", !told.has_after), button("Last rows", "last", !told.has_after)),
    ].filter((one) => one))
    if (focused) { this.footer.querySelector(`[data-way="${focused}"]`)?.focus() }
  }

  showBusy() { this.root.classList.toggle("is-busy", this.model.is_busy) }

  // Keyboard: one cell at a time can be reached by Tab, arrows go from cell to cell.
  nodes(number) { return [...(this.rows()[number]?.getElement().querySelectorAll(".tabulator-cell[tabulator-field]") ?? [])] }

  rove() {
    for (const node of this.holder.querySelectorAll(".tabulator-cell:not([tabindex='-1'])")) { node.tabIndex = -1 }
    const node = this.nodes(this.place.row)[this.place.column]
    if (node) { node.tabIndex = 0 }
  }

  focused(event) {
    const head = event.target.closest?.(".tabulator-col[tabulator-field]")
    if (head) { this.table.scrollToColumn(head.getAttribute("tabulator-field"), undefined, false).catch(() => {}) }
    const node = event.target.closest?.(".tabulator-cell")
    if (!node) { return }
    const row = this.rows().findIndex((one) => one.getElement().contains(node))
    this.place = {row, column: this.nodes(row).indexOf(node)}
    this.rove()
  }

  go(row, column) {
    const last = this.rows().length - 1
    this.place = {row: Math.max(0, Math.min(row, last)), column: Math.max(0, Math.min(column, this.model.columns.length - 1))}
    const node = this.nodes(this.place.row)[this.place.column]
    if (!node) { return }
    node.tabIndex = 0
    node.focus({preventScroll: false})
    node.scrollIntoView({block: "nearest", inline: "nearest"})
    this.rove()
  }

  current() {
    const row = this.rows()[this.place.row]
    const field = this.nodes(this.place.row)[this.place.column]?.getAttribute("tabulator-field")
    return row && field ? row.getCell(field) : null
  }

  edit() {
    const cell = this.current()
    if (cell && this.column[cell.getField()].is_editable) { cell.edit(true) }
    else if (cell) { this.tell("not_editable", {column: cell.getField()}) }
  }

  editNext(step) {
    const fields = this.nodes(this.place.row).map((node) => this.column[node.getAttribute("tabulator-field")])
    let next = this.place.column + step
    while (fields[next] && !fields[next].is_editable) { next += step }
    if (!fields[next]) { this.go(this.place.row, this.place.column); return }
    this.go(this.place.row, next)
    this.edit()
  }

  key(event) {
    if (event.target.closest?.(".head")) { this.keyInHead(event) }
    else if (event.target.classList?.contains("tabulator-cell")) { this.keyInCell(event) }
  }

  keyInCell(event) {
    const {row, column} = this.place, last = this.rows().length - 1, field = this.current()?.getField()
    const moves = {ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], Home: [row, 0], End: [row, 999]}
    const ways = {PageDown: "after", PageUp: "before"}
    if (event.altKey || event.metaKey || !field) { return }
    if (event.ctrlKey && event.key in {Home: 1, End: 1}) { this.go(event.key === "Home" ? 0 : last, column) }
    else if (event.ctrlKey && event.key in ways) { this.tell("page", {way: {PageDown: "last", PageUp: "first"}[event.key]}) }
    else if (event.ctrlKey && event.key.toLowerCase() === "z") { this.undo() }
    else if (event.ctrlKey) { return }
    else if (event.shiftKey && event.key in SIDES) { this.resize(field, SIDES[event.key]) }
    else if (event.key === "ArrowUp" && row === 0) { this.heads[field].filter.focus() }
    else if (event.key in moves) { this.go(...moves[event.key]) }
    else if (event.key in ways) { this.tell("page", {way: ways[event.key]}) }
    else if (event.key === "Enter" || event.key === "F2") { this.edit() }
    else if (event.key === " ") { this.choose() }
    else { return }
    event.preventDefault()
    event.stopPropagation()
  }

  // In a head the arrows go from title to title, down to the filter and on to the cells; in a filter they write.
  keyInHead(event) {
    const field = event.target.closest(".tabulator-col").getAttribute("tabulator-field"), head = this.heads[field]
    const fields = this.model.columns.map((one) => one.field), number = fields.indexOf(field), isTitle = event.target === head.sort
    if (event.altKey || event.metaKey || event.ctrlKey) { return }
    if (isTitle && event.shiftKey && event.key in SIDES) { this.resize(field, SIDES[event.key]) }
    else if (isTitle && event.key in SIDES) { this.heads[fields[number + SIDES[event.key]]]?.sort.focus() }
    else if (isTitle && event.key === "ArrowDown") { head.filter.focus() }
    else if (event.target.tagName === "INPUT" && event.key === "ArrowUp") { head.sort.focus() }
    else if (event.target.tagName === "INPUT" && event.key === "ArrowDown") { this.go(0, number) }
    else { return }
    event.preventDefault()
    event.stopPropagation()
  }

  resize(field, side) {
    const column = this.table.getColumn(field)
    column.setWidth(Math.max(64, column.getWidth() + side * 24))
    this.keepWidth(column)
  }

  choose() {
    const {id} = this.current().getData()
    this.tell("row", {row: id === this.model.page.row ? "" : id})
  }

  undo() {
    const cell = this.current(), column = cell.getField()
    this.tell(this.column[column].is_editable ? "undo" : "not_editable", this.column[column].is_editable ? {row: cell.getData().id, column} : {column})
  }

  copy(event) {
    if (!event.target.classList?.contains("tabulator-cell") || !window.getSelection().isCollapsed) { return }
    event.clipboardData.setData("text/plain", this.current()?.getValue() ?? "")
    event.preventDefault()
  }

  paste(event) {
    if (!event.target.classList?.contains("tabulator-cell")) { return }
    event.preventDefault()
    const cell = this.current()
    this.tell("paste", {row: cell.getData().id, column: cell.getField(), text: event.clipboardData.getData("text/plain")})
  }
}

export function render({model}) {
  const grid = new Grid(model)
  Promise.all([loaded(model.script), styled(grid)]).then(() => { if (!grid.isGone) { grid.build(); grid.showBusy() } })
  model.on("columns", () => { if (grid.table) { grid.build() } })
  model.on("page", () => grid.follow())
  model.on("is_busy", () => grid.showBusy())
  model.on("msg:custom", (message) => {
    const told = message?.data ?? message
    if (told.what === "put") { grid.put(told.row, told.cells) }
  })
  model.on("remove", () => { grid.isGone = true; grid.end() })
  return grid.root
}
