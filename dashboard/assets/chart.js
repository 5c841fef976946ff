// A figure of Bokeh in a document of its own, which no server has: the template comes once, then numbers only.
let figures = 0  // ids of Bokeh's models must be unique within a window

class Chart {
  constructor(place, onMark) {
    this.place = place
    this.onMark = onMark
    this.work = new Promise((begin) => requestIdleCallback(begin, {timeout: 1000}))  // figures and lists come first
    this.template = ""
    this.mode = new MutationObserver(() => this.paint())
    this.mode.observe(document.documentElement, {attributeFilter: ["data-mode"]})
  }

  // Shows numbers; those that come while a figure is being drawn wait for it.
  show(template, told) {
    this.work = this.work.then(() => this.draw(template, told)).catch((error) => console.error(error))
  }

  async draw(template, told) {
    this.name = told.name
    if (template === this.template) {
      this.change(told)
      return
    }
    this.clear()
    this.template = template
    figures += 1
    const number = figures
    const renamed = (key, value) => (key === "id" && typeof value === "string" ? `${value}-${number}` : value)
    this.figure = window.Bokeh.require("document/document").Document.from_json(JSON.parse(template, renamed))
    this.change(told)
    this.paint()
    const source = this.model("source")
    source.selected.properties.indices.change.connect(() => this.clicked(source))
    this.views = await window.Bokeh.embed.add_document_standalone(this.figure, this.place)
  }

  model(name) { return this.figure.get_model_by_name(name) }

  change({columns, changes}) {
    for (const [name, attributes] of Object.entries(changes)) { this.model(name).setv(attributes) }
    this.model("source").data = Object.fromEntries(
      Object.entries(columns).map(([name, values]) => [name, numbers(values)]),
    )
  }

  // The colours of texts are those of the page.
  paint() {
    if (!this.figure) { return }
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
    for (const name of ["x axis", "y axis"]) {
      this.model(name).setv({major_label_text_color: colour("--q-quiet"), axis_label_text_color: colour("--q-text")})
    }
    this.model("quiet text")?.setv({text_color: colour("--q-quiet")})
  }

  clicked(source) {
    const [first] = source.selected.indices
    if (first === undefined) { return }
    const mark = source.data.mark?.[first]
    source.selected.indices = []
    if (mark !== undefined) { this.onMark(mark) }
  }

  // Saves a picture, as soon as it is drawn.
  save() { this.work = this.work.then(() => this.picture()).catch((error) => console.error(error)) }

  // Its own colour is transparent, as it stands on glass; a file gets that of a card.
  picture() {
    if (!this.views) { return }
    const drawn = this.views.get(this.model("figure")).export("png").canvas
    const picture = make("canvas", {width: drawn.width, height: drawn.height})
    const context = picture.getContext("2d")
    context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--q-solid").trim()
    context.fillRect(0, 0, picture.width, picture.height)
    context.drawImage(drawn, 0, 0)
    picture.toBlob((blob) => {
      const link = make("a", {href: URL.createObjectURL(blob), download: `${this.name}.png`})
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 60000)
    })
  }

  // Bokeh remembers each document until it is told to forget it.
  clear() {
    this.views?.clear()
    this.place.replaceChildren()
    const known = window.Bokeh.documents.indexOf(this.figure)
    if (known >= 0) { window.Bokeh.documents.splice(known, 1) }
    this.figure = this.views = null
    this.template = ""
  }

  close() {
    this.mode.disconnect()
    this.work = this.work.then(() => this.clear())
  }
}

// Numbers as Bokeh takes them: a missing one is a gap, not zero.
function numbers(values) {
  const areNumbers = values.every((one) => one === null || typeof one === "number")
  return areNumbers ? Float64Array.from(values, (one) => one ?? NaN) : values
}
