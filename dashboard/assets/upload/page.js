// The upload page: a place to drop files, what they hold, and how they go on.
const count = (number) => (number ?? 0).toLocaleString("en-US")
const size = (bytes) => {
  for (const [unit, name] of [[1 << 30, "GB"], [1 << 20, "MB"], [1 << 10, "kB"]]) {
    if (bytes >= unit) { return `${(bytes / unit).toFixed(bytes % unit ? 1 : 0)} ${name}` }
  }
  return `${bytes} bytes`
}
const plural = (number, thing) => `${count(number)} ${thing}${number === 1 ? "" : "s"}`
const percent = (part, whole) => (whole > 0 ? Math.min(100, Math.floor((100 * part) / whole)) : 0)

const chip = (text, meaning = "neutral") => make("span", {class: `q-chip q-${meaning}`}, text)
const icon = (name) => make("span", {class: "icon", "aria-hidden": "true"}, name)

function shown(value, kind) {
  if (value === null) { return "—" }
  const text = kind === "number" ? value.toLocaleString("en-US", {maximumFractionDigits: 2}) : String(value)
  return text.length > 28 ? `${text.slice(0, 27)}…` : text
}

function columnsTable(told) {
  const head = ["Column", "Read as", "Filled", "Distinct", "Range"].map((title, i) => make("th", {scope: "col", class: i === 2 || i === 3 ? "q-number" : false}, title))
  const good = told.rows - told.broken
  const rows = told.columns.map((one) => make("tr", {},
    make("th", {scope: "row"}, one.name || "(blank)"),
    make("td", {}, one.declared ? one.declared.meaning : chip("not declared: kept with each row")),
    make("td", {class: "q-number"}, make("span", {class: "meter", style: `--filled:${percent(one.filled, good)}%`}, good ? `${((100 * one.filled) / good).toFixed(1)} %` : "—")),
    make("td", {class: "q-number"}, count(one.distinct)),
    make("td", {}, one.lowest === null ? "—" : `${shown(one.lowest, one.kind)} – ${shown(one.highest, one.kind)}`),
  ))
  return make("div", {class: "q-scroll", tabindex: "0", role: "region", "aria-label": "Columns"},
    make("table", {class: "q-table columns"}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)))
}

function rowsTable(told) {
  const head = told.columns.map((one) => make("th", {scope: "col"}, one.name || "(blank)"))
  const rows = told.first.map((record) => make("tr", {}, ...record.map((text) => make("td", {title: text}, text))))
  return make("div", {class: "q-scroll", tabindex: "0", role: "region", "aria-label": "First rows"},
    make("table", {class: "q-table rows"}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)))
}

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
    } catch { this.problem = "the file can't be read by the browser" }
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
    return told
  }

  warnings() {
    const told = [...(this.names?.[this.dataset]?.warnings ?? [])]
    if (this.fit?.absent.length) { told.push(`without ${this.fit.absent.join(", ")}: read as missing`) }
    if (this.head && !this.head.isClean) { told.push("some bytes are no valid text: their rows will be held") }
    if (this.fit && this.preview?.broken) { told.push(`${count(this.preview.broken)} records do not have as many fields as the header`) }
    if (this.fit && this.preview?.isCut) { told.push("a quote is opened and never closed") }
    return told
  }
}

function chosenCard(one, {datasets, maxBytes, remove, isSending}) {
  const id = `dataset-${one.number}`
  const select = make("select", {id, onchange: (event) => one.pick(event.target.value), disabled: isSending},
    make("option", {value: ""}, "choose a dataset"),
    ...datasets.map((dataset) => make("option", {value: dataset.name, selected: dataset.name === one.dataset}, dataset.title)))
  const problems = one.problems(maxBytes), warnings = one.warnings(), told = one.preview
  const head = make("div", {class: "chosen-head"},
    icon("description"),
    make("div", {class: "chosen-name"}, make("strong", {}, one.file.name), make("small", {}, size(one.file.size))),
    make("label", {class: "pick", for: id}, make("span", {}, "Dataset"), select),
    make("small", {class: "how"}, one.head || one.problem ? one.how : "reading…"),
    make("button", {type: "button", class: "plain", "aria-label": `Remove ${one.file.name}`, title: "Remove", onclick: remove, disabled: isSending}, icon("close")))
  const card = make("article", {class: `chosen${problems.length ? " has-problem" : ""}`, "aria-label": one.file.name}, head)
  for (const text of problems) { card.append(make("p", {class: "problem", role: "alert"}, icon("error"), text)) }
  for (const text of warnings) { card.append(make("p", {class: "warning"}, icon("info"), text)) }
  if (told && told.columns.length) {
    const found = one.fit ?? one.fits[0]
    const part = one.head.isWhole ? `the whole file: ${plural(told.rows, "row")}` : `the first MiB: ${count(told.rows)} rows of about ${count(Math.round((told.rows * one.head.size) / one.head.bytes))}`
    const details = make("details", {open: one.isOpen, ontoggle: (event) => { one.isOpen = event.target.open }},
      make("summary", {}, `Preview from ${part}`),
      make("p", {class: "q-says"}, `Read in this browser, nothing was sent yet. ${one.head.encoding.toUpperCase()}, separated by ${DELIMITER_NAMES[found.delimiter]}. The rules judge it after the upload.`),
      columnsTable(told), make("h3", {}, `First ${told.first.length} rows`), rowsTable(told))
    card.append(details)
  }
  return card
}

const STEPS = ["Uploading", "Picked up", "Validating", "Loading", "Done"]

function steps(one) {
  return make("ol", {class: `steps is-${one.meaning}`, "aria-label": `Step ${one.step + 1} of ${STEPS.length}: ${one.label}`},
    ...STEPS.map((name, i) => {
      const state = i < one.step || one.is_done ? "past" : i === one.step ? (one.is_over ? "stopped" : "now") : "later"
      const isMeasured = state === "now" && one.percent !== null
      return make("li", {class: state, "aria-current": state === "now" ? "step" : false},
        make("span", {class: "bar"}, make("i", {style: isMeasured ? `width:${one.percent}%` : false, class: state === "now" && !isMeasured ? "unmeasured" : false})),
        make("span", {class: "step-name"}, name))
    }))
}

const figure = (name, value, meaning) => make("div", {class: `figure q-text-${meaning}`}, make("b", {}, value === null ? "—" : count(value)), make("span", {}, name))

function fileRow(one) {
  const actions = []
  if (one.run) { actions.push(make("a", {href: one.run, "aria-label": `Run of ${one.name}`}, "Run")) }
  if (one.exceptions) { actions.push(make("a", {href: one.exceptions, "aria-label": `Held rows of ${one.name}`}, "Held rows")) }
  if (one.can_stop) { actions.push(make("button", {type: "button", class: "plain-text", onclick: () => sender.stop(one.id), "aria-label": `Stop ${one.name}`}, "Stop")) }
  return make("article", {class: "file", "aria-label": one.name, "data-state": one.label},
    make("div", {class: "file-head"},
      make("div", {class: "file-name"}, make("strong", {}, one.name), make("small", {}, [one.title, one.size ? size(one.size) : null, one.took].filter((text) => text).join(" · "))),
      chip(one.label, one.meaning),
      make("div", {class: "figures"}, figure("read", one.read, "plain"), figure("loaded", one.loaded, "good"), figure("held", one.held, "held")),
      make("div", {class: "actions"}, ...actions)),
    steps(one),
    one.sentence ? make("p", {class: one.is_over && !one.is_done ? "sentence is-over" : "sentence"}, one.sentence) : null)
}

// What the server knows, with the finer truth of this browser about what it sends itself.
function merged(progress, titles) {
  const known = new Set()
  const rows = progress.map((one) => {
    known.add(one.id)
    const mine = sender.files.get(one.id)
    if (!mine || one.has_landed || one.is_over) { return one }
    return {...one, ...local(mine), batch: one.batch, started: one.started, title: one.title}
  })
  const young = [...sender.files.values()].filter((one) => !known.has(one.upload_id))
  return [...young.map((one) => ({...local(one), batch: one.batch, title: titles[one.dataset], started: "just now"})), ...rows]
}

function local(one) {
  const part = percent(one.sent, one.size)
  const isOpen = one.state === "waiting" || one.state === "sending"
  const label = {waiting: "waits for its turn", sending: part < 100 ? `uploading ${part} %` : "storing the last part", landed: "landed", failed: "not finished"}[one.state]
  return {
    id: one.upload_id, name: one.name, size: one.size, step: one.state === "landed" ? 1 : 0, label,
    percent: one.state === "landed" ? null : part, meaning: one.state === "failed" ? "bad" : "accent",
    is_done: false, is_over: one.state === "failed", sentence: one.why, read: null, loaded: null, held: null,
    run: "", exceptions: "", took: "", can_stop: isOpen,
  }
}

export function render({model}) {
  let chosen = [], numbers = 0, isSending = false, refusal = ""
  const titles = Object.fromEntries(model.datasets.map((dataset) => [dataset.name, dataset.title]))
  const input = make("input", {type: "file", id: "files", multiple: true, accept: ".csv,text/csv", class: "q-visually-hidden", onchange: () => { add(input.files); input.value = "" }})
  const zone = make("label", {class: "zone", for: "files"},
    icon("cloud_upload"),
    make("strong", {}, "Drop CSV files here"),
    make("span", {}, "or ", make("span", {class: "choose"}, "choose them"), `: many at once, up to ${size(model.max_bytes)} each`),
    make("small", {}, "You see what is in them before anything is sent."))
  const plan = make("div", {class: "plan"})
  const live = make("p", {class: "q-visually-hidden", role: "status", "aria-live": "polite"})
  const list = make("div", {class: "batches"})
  const root = make("div", {class: "uploader"})

  const add = (files) => {
    for (const file of files) {
      const one = new Chosen(file, model.datasets, draw)
      one.number = numbers += 1
      one.isOpen = chosen.length === 0
      chosen.push(one)
      one.read().then(() => draw())
    }
    refusal = ""
    model.send_msg({what: "names", names: chosen.map((one) => one.file.name)})
    draw()
  }
  const isReady = (one) => one.dataset && one.head && !one.problems(model.max_bytes).length

  const upload = async () => {
    isSending = true
    refusal = ""
    draw()
    try {
      const batch = await sender.begin(chosen.map((one) => ({file: one.file, dataset: one.dataset})))
      live.textContent = `${chosen.length} files are being uploaded as ${batch}`
      chosen = []
    } catch (error) { refusal = error.message }
    isSending = false
    draw()
    follow()
  }

  const draw = () => {
    const focused = plan.contains(plan.getRootNode().activeElement) ? plan.getRootNode().activeElement?.id : null
    const remove = (one) => () => { chosen = chosen.filter((other) => other !== one); draw() }
    const open = {datasets: model.datasets, maxBytes: model.max_bytes, isSending}
    const ready = chosen.filter(isReady), bytes = chosen.reduce((sum, one) => sum + one.file.size, 0)
    const button = make("button", {type: "button", class: "primary", onclick: upload, disabled: isSending || !chosen.length || ready.length < chosen.length},
      icon("upload"), isSending ? "Announcing…" : `Upload ${chosen.length === 1 ? "1 file" : `${chosen.length} files as one batch`} (${size(bytes)})`)
    const waiting = chosen.length - ready.length
    root.classList.toggle("has-chosen", chosen.length > 0)
    plan.replaceChildren(...(chosen.length ? [
      make("h2", {}, chosen.length === 1 ? "1 file chosen" : `${chosen.length} files chosen`),
      ...chosen.map((one) => chosenCard(one, {...open, remove: remove(one)})),
      refusal ? make("p", {class: "problem", role: "alert"}, icon("error"), refusal) : null,
      make("div", {class: "confirm"}, button,
        make("button", {type: "button", class: "plain-text", onclick: () => { chosen = []; refusal = ""; draw() }, disabled: isSending}, "Clear"),
        waiting ? make("small", {}, waiting === 1 ? "one file needs you first: see its message" : `${waiting} files need you first: see their messages`) : null),
    ].filter((one) => one) : []))
    if (focused) { plan.querySelector(`#${focused}`)?.focus() }
  }

  let drawnAs = ""
  const follow = () => {
    const rows = merged(model.progress, titles)
    const now = JSON.stringify(rows)
    if (now === drawnAs) { return }
    drawnAs = now
    const focused = list.getRootNode().activeElement?.getAttribute?.("aria-label")
    const batches = new Map()
    for (const row of rows) { batches.set(row.batch, [...(batches.get(row.batch) ?? []), row]) }
    list.replaceChildren(...[...batches].map(([batch, files]) => make("section", {class: "batch", "aria-label": batch},
      make("h3", {}, make("span", {class: "batch-name"}, batch), make("small", {}, `${files.length === 1 ? "1 file" : `${count(files.length)} files`} · ${files[0].started}`)),
      ...files.map(fileRow))))
    if (!batches.size) {
      list.append(make("div", {class: "q-empty"}, make("strong", {}, "Nothing of yours since yesterday"), make("p", {}, "Files that you upload are followed here, from the first byte to the last row.")))
    }
    if (focused) { [...list.querySelectorAll("[aria-label]")].find((one) => one.getAttribute("aria-label") === focused)?.focus() }
  }

  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("is-over") })
  }
  for (const name of ["dragleave", "drop"]) { zone.addEventListener(name, () => zone.classList.remove("is-over")) }
  zone.addEventListener("drop", (event) => { event.preventDefault(); add(event.dataTransfer.files) })
  const keepPage = (event) => { if (event.dataTransfer?.types.includes("Files")) { event.preventDefault() } }
  window.addEventListener("dragover", keepPage)
  window.addEventListener("drop", keepPage)
  sender.watchers.add(follow)
  model.on("progress", follow)
  model.on("msg:custom", (message) => {
    const told = message?.data ?? message
    if (told.what !== "names") { return }
    for (const one of chosen) { one.names = told.names[one.file.name] ?? one.names; one.guess() }
    draw()
  })
  model.on("remove", () => {
    sender.watchers.delete(follow)
    window.removeEventListener("dragover", keepPage)
    window.removeEventListener("drop", keepPage)
  })
  draw()
  follow()
  root.append(
    make("section", {class: "glass", "aria-label": "Choose files"}, input, zone, plan, live),
    make("section", {class: "glass", "aria-labelledby": "mine"}, make("h2", {id: "mine"}, "Your files of the last day"), list))
  return root
}
