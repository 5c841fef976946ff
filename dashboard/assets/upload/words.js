// Words, numbers and small parts that the upload page shows.
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
