// How files go on: their steps, figures and sentences.
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
  if (one.run) { actions.push(make("a", {href: one.run, "data-focus": `run ${one.id}`, "aria-label": `Run of ${one.name}`}, "Run")) }
  if (one.exceptions) { actions.push(make("a", {href: one.exceptions, "data-focus": `held ${one.id}`, "aria-label": `Held rows of ${one.name}`}, "Held rows")) }
  if (one.can_stop) { actions.push(make("button", {type: "button", class: "plain-text", onclick: () => sender.stop(one.id), "data-focus": `stop ${one.id}`, "aria-label": `Stop ${one.name}`}, "Stop")) }
  return make("article", {class: "file", "aria-label": one.name, "data-state": one.label, "data-focus": `file ${one.id}`, tabindex: "-1"},
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

// A step is news, its percentage is not.
function newsOf(one) {
  const figures = one.is_done ? `, ${plural(one.read, "row")} read, ${count(one.loaded)} loaded, ${count(one.held)} held` : ""
  const why = one.is_over && one.sentence ? `: ${one.sentence}` : ""
  return {id: one.id, name: one.name, phrase: one.label.replace(/ \d+ %$/, ""), more: figures + why}
}
