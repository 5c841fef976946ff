// Keeps address, history and mode of the browser in step with the session, and shows toasts.
const KINDS = {success: "status", info: "status", warning: "alert", error: "alert"}
const SECONDS = {success: 6, info: 6, warning: 12, error: 20}
const LOOK_EVERY_MS = 1000
const OPENING = {keydown: ["Enter", "ArrowDown", "ArrowUp"], keyup: [" "]}
const here = () => window.location.pathname + window.location.search

function toastArea() {
  let area = document.getElementById("q-toasts")
  if (!area) {
    area = document.createElement("div")
    area.id = "q-toasts"
    document.body.appendChild(area)
  }
  return area
}

function toast(text, kind, seconds = SECONDS[kind] ?? 6) {
  const told = document.createElement("div")
  told.className = `q-toast q-toast-${kind}`
  told.setAttribute("role", KINDS[kind] ?? "status")
  const words = document.createElement("span")
  words.textContent = text
  const close = document.createElement("button")
  close.type = "button"
  close.setAttribute("aria-label", "Close this message")
  close.textContent = "×"
  close.addEventListener("click", () => told.remove())
  told.append(words, close)
  toastArea().appendChild(told)
  if (seconds) { setTimeout(() => told.remove(), 1000 * seconds) }
}

function internalLink(event, pages) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
    return null
  }
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement && node.hasAttribute("href"))
  if (!link || link.target || link.hasAttribute("download")) { return null }
  const url = new URL(link.href, window.location.href)
  const isPage = url.origin === window.location.origin && pages.includes(url.pathname.slice(1))
  return isPage ? url.pathname + url.search : null
}

// Panel's lists open at a click only. The keys that open a list anywhere else do so here too; the space bar when it is let
// go, since the list would take that as a choice.
function openList(event) {
  const [list] = event.composedPath()
  const isClosedList = list.matches?.(".MuiSelect-select[aria-expanded='false']:not([aria-disabled])")
  if (isClosedList && OPENING[event.type].includes(event.key) && !event.altKey && !event.ctrlKey && !event.metaKey) {
    event.preventDefault()
    list.click()
  }
}

// The head of the page; panes stand in shadow trees, which a query does not enter.
function heading(root) {
  const found = root.querySelector("h1[tabindex]")
  if (found) { return found }
  for (const one of root.querySelectorAll("*")) {
    const inside = one.shadowRoot && heading(one.shadowRoot)
    if (inside) { return inside }
  }
  return null
}

// What the page was bound to is gone with its connection: it is loaded anew once a dashboard answers and no file is
// being sent. Its address says what it shows.
function comeBack() {
  toast("The connection to Quayside was lost. This page comes back by itself.", "warning", 0)
  const look = async () => {
    const answers = await fetch("/healthz", {cache: "no-store"}).then((answer) => answer.ok, () => false)
    if (answers && !window.quaysideUploads?.open().length) { window.location.reload() } else { setTimeout(look, LOOK_EVERY_MS) }
  }
  look()
}

export function render({model, view}) {
  const root = document.documentElement
  const showMode = () => {
    root.dataset.mode = model.is_dark ? "dark" : "light"
    document.cookie = `quayside-mode=${root.dataset.mode}; path=/; max-age=31536000; samesite=lax`
  }
  const showUrl = () => {
    if (model.url === here()) { return }
    const isOtherPage = new URL(model.url, window.location.href).pathname !== window.location.pathname
    window.history[isOtherPage ? "pushState" : "replaceState"]({}, "", model.url)
  }
  const clicked = (event) => {
    const url = internalLink(event, model.pages)
    if (url === null) { return }
    event.preventDefault()
    if (url !== here()) { window.history.pushState({}, "", url) }
    model.url = url
  }
  const wentBack = () => { model.url = here() }

  const narrow = window.matchMedia("(max-width: 599px)")
  const showWidth = () => {
    model.is_narrow = narrow.matches
    document.cookie = `quayside-width=${narrow.matches ? "narrow" : "wide"}; path=/; max-age=31536000; samesite=lax`
  }

  showMode()
  showWidth()
  narrow.addEventListener("change", showWidth)
  document.title = model.title
  if (model.url !== here()) { window.history.replaceState({}, "", model.url) }
  model.on("is_dark", showMode)
  model.on("url", showUrl)
  model.on("title", () => { document.title = model.title })
  model.on("msg:custom", (message) => {
    const told = message?.data ?? message
    if (told.what === "toast") { toast(told.text, told.kind) }
    if (told.what === "open") { window.location.assign(told.url) }
    if (told.what === "focus") { heading(document)?.focus() }
  })
  view.model.document.on_event("connection_lost", comeBack)
  document.addEventListener("click", clicked)
  for (const type of Object.keys(OPENING)) { document.addEventListener(type, openList) }
  window.addEventListener("popstate", wentBack)
  model.on("remove", () => {
    document.removeEventListener("click", clicked)
    for (const type of Object.keys(OPENING)) { document.removeEventListener(type, openList) }
    narrow.removeEventListener("change", showWidth)
    window.removeEventListener("popstate", wentBack)
  })
  const nothing = document.createElement("span")
  nothing.hidden = true
  return nothing
}
