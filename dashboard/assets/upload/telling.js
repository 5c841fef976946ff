// What a screen reader is told: what has become different, in the order in which it happened.
const MOST_AT_ONCE = 3
const MOST_KEPT = 12

function makeTeller() {
  const log = make("div", {class: "q-visually-hidden", role: "log", "aria-label": "What happens to your files"})
  const known = new Map()
  const say = (sentence) => {
    log.append(make("p", {}, sentence))
    while (log.children.length > MOST_KEPT) { log.firstChild.remove() }
  }

  // Things have an id, a name, a phrase and perhaps more; what a page opens with is no news.
  const follow = (things, isNews) => {
    const changed = things.filter((one) => known.get(one.id) !== one.phrase)
    const phrases = new Map()
    for (const one of changed) {
      known.set(one.id, one.phrase)
      phrases.set(one.phrase, (phrases.get(one.phrase) ?? 0) + 1)
    }
    if (!isNews) { return }
    if (changed.length <= MOST_AT_ONCE) {
      for (const one of changed) { say(`${one.name}: ${one.phrase}${one.more ?? ""}`) }
    } else {
      for (const [phrase, number] of phrases) { say(`${plural(number, "file")}: ${phrase}`) }
    }
  }
  return {log, say, follow}
}

// Draws a place anew; the focus stays on what it was on, or goes where `otherwise` says that it is of use.
function redraw(place, children, otherwise) {
  const focused = place.getRootNode().activeElement
  const was = focused && place.contains(focused) ? focused.dataset.focus ?? "" : null
  place.replaceChildren(...children)
  if (was === null) { return }
  const again = [...place.querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === was && !one.disabled)
  if (again) { again.focus({preventScroll: true}) } else { otherwise(was)?.focus() }
}
