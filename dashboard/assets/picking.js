// A table whose rows are picked by checkboxes; what is picked goes to the session as numbers.
export function render({model, el}) {
  const host = document.createElement("div")
  let last = null
  const boxes = () => [...host.querySelectorAll("input[data-row]")]
  const number = (box) => Number(box.dataset.row)

  const paint = () => {
    const picked = new Set(model.picked)
    const all = boxes()
    for (const box of all) {
      box.checked = picked.has(number(box))
      box.closest("tr").toggleAttribute("data-picked", box.checked)
    }
    const every = host.querySelector("input[data-every]")
    if (every) {
      const checked = all.filter((box) => box.checked).length
      every.disabled = all.length === 0
      every.checked = all.length > 0 && checked === all.length
      every.indeterminate = checked > 0 && checked < all.length
    }
  }
  const draw = () => {
    const focused = host.getRootNode().activeElement?.dataset?.row
    host.innerHTML = model.table
    paint()
    if (focused) { host.querySelector(`input[data-row="${focused}"]`)?.focus() }
  }
  const pick = (some, isPicked) => {
    const picked = new Set(model.picked)
    for (const box of some) { isPicked ? picked.add(number(box)) : picked.delete(number(box)) }
    model.picked = [...picked]
    paint()
  }
  host.addEventListener("click", (event) => {
    const box = event.target.closest?.("input[data-row]")
    if (!box) { return }
    const all = boxes()
    const at = all.indexOf(box)
    const from = event.shiftKey && last !== null ? all.findIndex((one) => number(one) === last) : at
    pick(all.slice(Math.min(from < 0 ? at : from, at), Math.max(from, at) + 1), box.checked)
    last = number(box)
  })
  host.addEventListener("change", (event) => {
    if (event.target.matches("input[data-every]")) { pick(boxes(), event.target.checked) }
  })
  model.on("table", draw)
  model.on("picked", paint)
  draw()
  requestAnimationFrame(() => { setTimeout(() => { model.is_drawn = true }) })
  return host
}
