// One chosen file: its guess, its preview, and the picker that confirms.
class Chosen {
  constructor(file, datasets, changed) {
    Object.assign(this, {file, datasets, changed, head: null, fits: [], names: null, dataset: null, how: "", isPicked: false, isOpen: false, problem: ""})
  }

  async read() {
    try {
      this.head = await readHead(this.file)
      if (this.head.size === 0) { this.problem = "the file is empty" } else if (/^\s*$/.test(this.head.text)) { this.problem = "the file holds no text" }
      if (this.head.text.includes("\0") || this.head.text.startsWith("%PDF")) { this.problem = "this is no text: if it is a spreadsheet, export it as CSV first" }
    } catch { this.problem = "it can't be read: it is a folder, or was moved or changed meanwhile" }
    this.fits = this.problem ? [] : this.datasets.map((dataset) => fit(this.head.text, dataset))
    this.guess()
  }

  guess() {
    if (!this.fits.length || this.isPicked) { return }
    const told = guess(this.fits, this.names)
    this.dataset = told.dataset
    this.how = told.how
    this.changed()
  }

  pick(dataset) { this.dataset = dataset || null; this.isPicked = true; this.how = "chosen by you"; this.changed() }

  get fit() { return this.fits.find((one) => one.dataset.name === this.dataset) ?? null }

  get preview() {
    const found = this.fit ?? this.fits[0]
    if (!found) { return null }
    if (this.previewOf !== found) { this.previewOf = found; this.previewTold = preview(this.head, found) }
    return this.previewTold
  }

  problems(maxBytes) {
    const told = []
    if (this.problem) { told.push(this.problem) }
    if (!this.file.name.toLowerCase().endsWith(".csv")) { told.push("its name does not end in .csv") }
    if (this.file.size > maxBytes) { told.push(`it has ${size(this.file.size)}; at most ${size(maxBytes)} are taken`) }
    if (!this.problem && this.head && !this.dataset) { told.push(`${this.how}: choose one`) }
    if (this.fit?.missing.length) { told.push(`the header lacks ${this.fit.missing.join(", ")}`) }
    if (this.fit?.repeated.length) { told.push(`the header repeats ${this.fit.repeated.map((name) => name || "a blank name").join(", ")}`) }
    if (!told.length && this.head?.isWhole && this.preview.rows === 0) { told.push("it has a header and no row below it") }
    return told
  }

  // Null until both the bytes and the name were looked at.
  news(maxBytes, titles) {
    if (!this.problem && !(this.head && this.names)) { return null }
    const phrase = this.problems(maxBytes).join("; ") || `${titles[this.dataset]}, ${this.how}`
    return {id: `chosen ${this.number}`, name: this.file.name, phrase}
  }

  warnings() {
    const told = [...(this.names?.[this.dataset]?.warnings ?? [])]
    if (this.fit?.absent.length) { told.push(`without ${this.fit.absent.join(", ")}: read as missing`) }
    if (this.head && !this.head.isClean) { told.push("some bytes are no valid text: their rows will be held") }
    if (this.fit && this.preview?.broken) { told.push(`${plural(this.preview.broken, "record")} ${this.preview.broken === 1 ? "has" : "have"} not as many fields as the header`) }
    if (this.fit && this.preview?.isCut) { told.push("a quote is opened and never closed") }
    return told
  }
}

function chosenCard(one, {datasets, maxBytes, remove, isSending}) {
  const id = `dataset-${one.number}`
  const select = make("select", {id, "data-focus": id, onchange: (event) => one.pick(event.target.value), disabled: isSending},
    make("option", {value: ""}, "choose a dataset"),
    ...datasets.map((dataset) => make("option", {value: dataset.name, selected: dataset.name === one.dataset}, dataset.title)))
  const problems = one.problems(maxBytes), warnings = one.warnings(), told = one.preview
  const head = make("div", {class: "chosen-head"},
    icon("description"),
    make("div", {class: "chosen-name"}, make("strong", {}, one.file.name), make("small", {}, size(one.file.size))),
    make("label", {class: "pick", for: id}, make("span", {}, "Dataset"), select),
    make("small", {class: "how"}, one.dataset ? one.how : one.head || one.problem ? "" : "reading…"),
    make("button", {type: "button", class: "plain", "aria-label": `Remove ${one.file.name}`, title: "Remove", "data-focus": `remove-${one.number}`, onclick: remove, disabled: isSending}, icon("close")))
  const card = make("article", {class: `chosen${problems.length ? " has-problem" : ""}`, "aria-label": one.file.name}, head)
  for (const text of problems) { card.append(make("p", {class: "problem"}, icon("error"), text)) }
  for (const text of warnings) { card.append(make("p", {class: "warning"}, icon("info"), text)) }
  if (told && told.columns.length) {
    const found = one.fit ?? one.fits[0]
    const part = one.head.isWhole ? `the whole file: ${plural(told.rows, "row")}` : `the first MiB: ${count(told.rows)} rows of about ${count(Math.round((told.rows * one.head.size) / one.head.bytes))}`
    const details = make("details", {open: one.isOpen, ontoggle: (event) => { one.isOpen = event.target.open }},
      make("summary", {"data-focus": `preview-${one.number}`}, `Preview from ${part}`),
      make("p", {class: "q-says"}, `Read in this browser, nothing was sent yet. ${one.head.encoding.toUpperCase()}, separated by ${DELIMITER_NAMES[found.delimiter]}. The rules judge it after the upload.`),
      columnsTable(told, one), make("h3", {}, `First ${told.first.length} rows`), rowsTable(told, one))
    card.append(details)
  }
  return card
}
