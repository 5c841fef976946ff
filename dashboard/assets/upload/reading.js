// Reads the first MiB of a CSV in the browser: what it is, which dataset its header fits, what stands in its columns.
const HEAD_BYTES = 1 << 20
const DELIMITERS = [",", ";", "\t", "|"]
const DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
const SHOWN_ROWS = 5

// The same folding as the reader on the server: case, outer blanks and `_`/blank do not matter.
function fold(name) {
  return name.replaceAll("_", " ").split(/\s+/u).filter((part) => part).join(" ").toLowerCase()
}

function decode(bytes, isWhole) {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : null
  const encoding = isUtf16 ?? "utf-8"
  try {
    return {encoding, isClean: true, text: new TextDecoder(encoding, {fatal: true}).decode(bytes, {stream: !isWhole})}
  } catch {
    return {encoding, isClean: false, text: new TextDecoder(encoding).decode(bytes, {stream: !isWhole})}
  }
}

// Splits text into records of fields; a quoted field may hold delimiters, doubled quotes and line ends.
function splitRecords(text, delimiter) {
  const records = []
  let record = [], start = 0, field = "", isQuoted = false, position = 0
  const endField = () => { record.push(field + text.slice(start, position)); field = "" }
  while (position < text.length) {
    const character = text[position]
    if (isQuoted) {
      if (character === '"') {
        field += text.slice(start, position)
        if (text[position + 1] === '"') { field += '"'; position += 1 } else { isQuoted = false }
        start = position + 1
      }
    } else if (character === '"' && position === start && field === "") {
      isQuoted = true
      start = position + 1
    } else if (character === delimiter) {
      endField()
      start = position + 1
    } else if (character === "\n") {
      if (text[position - 1] === "\r" && position > start) {
        record.push(field + text.slice(start, position - 1))
        field = ""
      } else { endField() }
      if (record.length > 1 || record[0] !== "") { records.push(record) }
      record = []
      start = position + 1
    }
    position += 1
  }
  const isCut = isQuoted
  if (start < text.length || field !== "" || record.length) {
    endField()
    if (record.length > 1 || record[0] !== "") { records.push(record) }
  }
  return {records, isCut}
}

function headerOf(text, dataset) {
  const lines = text.replace(/^(\r?\n)+/, "")
  const end = lines.indexOf("\n")
  const line = (end < 0 ? lines : lines.slice(0, end)).replace(/\r+$/, "")
  const known = new Set(dataset.columns.map((column) => fold(column.name)))
  let best = null
  for (const delimiter of DELIMITERS) {
    const header = (splitRecords(line, delimiter).records[0] ?? []).map((name) => name.trim())
    const matched = header.filter((name) => known.has(fold(name))).length
    const cuts = line.split(delimiter).length
    if (!best || matched > best.matched || (matched === best.matched && cuts > best.cuts)) {
      best = {delimiter, header, matched, cuts}
    }
  }
  return {...best, rest: end < 0 ? "" : lines.slice(end + 1)}
}

// How a header fits a dataset: what is missing, repeated, or not declared.
function fit(text, dataset) {
  const found = headerOf(text, dataset)
  const folded = found.header.map(fold)
  const repeated = found.header.filter((name, i) => folded.indexOf(folded[i]) !== i)
  const missing = dataset.columns.filter((column) => column.required && !folded.includes(fold(column.name)))
  const absent = dataset.columns.filter((column) => !column.required && !folded.includes(fold(column.name)))
  const declared = new Map(dataset.columns.map((column) => [fold(column.name), column]))
  return {
    ...found,
    dataset,
    columns: found.header.map((name) => ({name, declared: declared.get(fold(name)) ?? null})),
    missing: missing.map((column) => column.name),
    absent: absent.map((column) => column.name),
    repeated,
    fits: missing.length === 0 && repeated.length === 0,
  }
}

// The dataset that header and name speak for; the person confirms it.
function guess(fits, names) {
  const hint = (one) => names?.[one.dataset.name]?.hint ?? 0
  const rank = (one) => [one.fits ? 1 : 0, one.matched / one.dataset.columns.length + hint(one) / 10]
  const sorted = [...fits].sort((a, b) => rank(b)[0] - rank(a)[0] || rank(b)[1] - rank(a)[1])
  const best = sorted[0]
  const byName = [...fits].sort((a, b) => hint(b) - hint(a))[0]
  const nameSpeaks = hint(byName) > 0
  if (best.matched === 0 && !nameSpeaks) { return {dataset: null, how: "neither its header nor its name fits a dataset"} }
  const parts = []
  if (best.fits) { parts.push("header") }
  if (nameSpeaks && byName === best) { parts.push("name") }
  if (!parts.length) { return {dataset: best.dataset.name, how: "its header fits best, but not wholly"} }
  const contradicts = nameSpeaks && hint(best) === 0
  const told = `guessed from its ${parts.join(" and ")}`
  return {dataset: best.dataset.name, how: contradicts ? `${told}; its name speaks for ${byName.dataset.title}` : told}
}

const NUMBER = /^[+-]?\d+(?:\.\d+)?$/
const GROUPED = /^[+-]?[1-9]\d{0,2}(?:,\d{2,3})+(?:\.\d+)?$/
const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$/
const DAY_FIRST = /^(\d{2})[-/](\d{2})[-/](\d{4})(?:[T ].*)?$/

// A value that can be compared, null where the browser can't tell; the rules on the server decide in the end.
function comparable(text, kind) {
  if (kind === "number") {
    const bare = text.replace(/^(?:rp\.?|inr|idr|₹)\s*/i, "")
    return NUMBER.test(bare) ? Number(bare) : GROUPED.test(bare) ? Number(bare.replaceAll(",", "")) : null
  }
  if (kind === "date") {
    const iso = text.match(ISO_DAY), other = text.match(DAY_FIRST)
    return iso ? `${iso[1]}-${iso[2]}-${iso[3]}` : other ? `${other[3]}-${other[2]}-${other[1]}` : null
  }
  return text
}

function profile(records, columns, nullTokens) {
  const missing = new Set(["", ...nullTokens.map((token) => token.toLowerCase())])
  return columns.map(({name, declared}, position) => {
    const kind = declared?.kind ?? "text"
    const distinct = new Set()
    let filled = 0, lowest = null, highest = null
    for (const record of records) {
      const text = (record[position] ?? "").trim()
      if (missing.has(text.toLowerCase())) { continue }
      filled += 1
      distinct.add(text)
      const value = comparable(text, kind)
      if (value === null) { continue }
      if (lowest === null || value < lowest) { lowest = value }
      if (highest === null || value > highest) { highest = value }
    }
    return {name, declared, kind, filled, distinct: distinct.size, lowest, highest}
  })
}

// What the head of a file says under the layout of one dataset.
function preview(head, found) {
  const {records, isCut} = splitRecords(found.rest, found.delimiter)
  const whole = head.isWhole ? records : records.slice(0, -1)
  const fields = found.header.length
  const good = whole.filter((record) => record.length === fields)
  return {
    rows: whole.length,
    broken: whole.length - good.length,
    isCut: isCut && head.isWhole,
    first: good.slice(0, SHOWN_ROWS),
    columns: profile(good, found.columns, found.dataset.null_tokens),
  }
}

async function readHead(file) {
  const isWhole = file.size <= HEAD_BYTES
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer())
  return {...decode(bytes, isWhole), isWhole, bytes: bytes.length, size: file.size}
}
