// The upload page: a place to drop files, what they hold, and how they go on.
const INVITED = "Drop CSV files here"
const holdsFiles = (event) => Boolean(event.dataTransfer?.types.includes("Files"))

// The place that takes files, by drop and by choice; returns it, and what ends its listeners.
function makeZone(maxBytes, add) {
  const input = make("input", {type: "file", id: "files", multiple: true, accept: ".csv,text/csv", class: "q-visually-hidden", onchange: () => { add(input.files); input.value = "" }})
  const invitation = make("strong", {}, INVITED)
  const zone = make("label", {class: "zone", for: "files"},
    icon("cloud_upload"),
    invitation,
    make("span", {}, "or ", make("span", {class: "choose"}, "choose them"), `: many at once, up to ${size(maxBytes)} each`),
    make("small", {}, "You see what is in them before anything is sent."))
  const show = (number) => {
    zone.classList.toggle("is-over", number > 0)
    invitation.textContent = number > 0 ? `Let go to look into ${plural(number, "file")}` : INVITED
  }
  const over = (event) => {
    if (!holdsFiles(event)) { return }
    event.preventDefault()
    event.dataTransfer.dropEffect = "copy"
    show(event.dataTransfer.items.length)
  }
  for (const name of ["dragenter", "dragover"]) { zone.addEventListener(name, over) }
  zone.addEventListener("dragleave", () => show(0))
  zone.addEventListener("drop", (event) => {
    show(0)
    if (holdsFiles(event)) { event.preventDefault(); add(event.dataTransfer.files) }
  })
  // beside the zone a file would replace the page
  const keepPage = (event) => {
    if (event.defaultPrevented || !holdsFiles(event)) { return }
    event.preventDefault()
    event.dataTransfer.dropEffect = "none"
  }
  for (const name of ["dragover", "drop"]) { window.addEventListener(name, keepPage) }
  return {input, zone, end: () => { for (const name of ["dragover", "drop"]) { window.removeEventListener(name, keepPage) } }}
}

export function render({model}) {
  let chosen = [], numbers = 0, isSending = false, refusal = ""
  const titles = Object.fromEntries(model.datasets.map((dataset) => [dataset.name, dataset.title]))
  const plan = make("div", {class: "plan"})
  const teller = makeTeller()
  const mine = make("h2", {id: "mine", tabindex: "-1"}, "Your files of the last day")
  const list = make("div", {class: "batches"})
  const root = make("div", {class: "uploader"})

  const isChosen = (file) => chosen.some((one) => ["name", "size", "lastModified"].every((what) => one.file[what] === file[what]))
  const add = (files) => {
    for (const file of files) {
      if (isChosen(file)) { continue }
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
  const {input, zone, end} = makeZone(model.max_bytes, add)
  const isReady = (one) => one.dataset && one.head && !one.problems(model.max_bytes).length

  const upload = async () => {
    if (isSending) { return }
    isSending = true
    refusal = ""
    draw()
    try {
      const batch = await sender.begin(chosen.map((one) => ({file: one.file, dataset: one.dataset})))
      teller.say(`${chosen.length === 1 ? "1 file is" : `${count(chosen.length)} files are`} being uploaded as ${batch}`)
      chosen = []
    } catch (error) { refusal = error.message }
    isSending = false
    draw()
    follow()
  }

  // What was focused is gone: the file was removed, all were, or they are on their way.
  const besides = (was) => {
    if (!chosen.length) { return was === "send" ? mine : input }
    const number = Number(was.split("-")[1])
    const next = chosen.find((one) => one.number > number) ?? chosen.at(-1)
    return plan.querySelector(`[data-focus="remove-${next.number}"]`)
  }

  const draw = () => {
    const remove = (one) => () => { chosen = chosen.filter((other) => other !== one); teller.say(`${one.file.name} was removed`); draw() }
    const open = {datasets: model.datasets, maxBytes: model.max_bytes, isSending}
    const ready = chosen.filter(isReady), bytes = chosen.reduce((sum, one) => sum + one.file.size, 0)
    const button = make("button", {type: "button", class: "primary", "data-focus": "send", onclick: upload, disabled: !isSending && ready.length < chosen.length},
      icon("upload"), isSending ? "Announcing…" : `Upload ${chosen.length === 1 ? "1 file" : `${chosen.length} files as one batch`} (${size(bytes)})`)
    const waiting = chosen.length - ready.length
    root.classList.toggle("has-chosen", chosen.length > 0)
    redraw(plan, chosen.length ? [
      make("h2", {}, chosen.length === 1 ? "1 file chosen" : `${chosen.length} files chosen`),
      ...chosen.map((one) => chosenCard(one, {...open, remove: remove(one)})),
      refusal ? make("p", {class: "problem", role: "alert"}, icon("error"), refusal) : null,
      make("div", {class: "confirm"}, button,
        make("button", {type: "button", class: "plain-text", "data-focus": "clear", onclick: () => { chosen = []; refusal = ""; draw() }, disabled: isSending}, "Clear"),
        waiting ? make("small", {}, waiting === 1 ? "one file needs you first: see its message" : `${waiting} files need you first: see their messages`) : null),
    ].filter((one) => one) : [], besides)
    teller.follow(chosen.map((one) => one.news(model.max_bytes, titles)).filter((one) => one), true)
  }

  let drawnAs = "", isFollowed = false
  const follow = () => {
    const rows = merged(model.progress, titles)
    const now = JSON.stringify(rows)
    if (now === drawnAs) { return }
    drawnAs = now
    const batches = new Map()
    for (const row of rows) { batches.set(row.batch, [...(batches.get(row.batch) ?? []), row]) }
    const sections = [...batches].map(([batch, files]) => make("section", {class: "batch", "aria-label": batch},
      make("h3", {}, make("span", {class: "batch-name"}, batch), make("small", {}, `${files.length === 1 ? "1 file" : `${count(files.length)} files`} · ${files[0].started}`)),
      ...files.map(fileRow)))
    if (!batches.size) {
      sections.push(make("div", {class: "q-empty"}, make("strong", {}, "Nothing of yours since yesterday"), make("p", {}, "Files that you upload are followed here, from the first byte to the last row.")))
    }
    redraw(list, sections, (was) => list.querySelector(`[data-focus="file ${CSS.escape(was.slice(was.indexOf(" ") + 1))}"]`) ?? mine)
    teller.follow(rows.map(newsOf), isFollowed)
    isFollowed = true
  }

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
    end()
  })
  draw()
  follow()
  root.append(
    make("section", {class: "glass", "aria-label": "Choose files"}, input, zone, plan, teller.log),
    make("section", {class: "glass", "aria-labelledby": "mine"}, mine, list))
  return root
}
