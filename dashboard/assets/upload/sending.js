// Sends files while the page lives, also while the person looks at another page of the dashboard.
const AT_ONCE = 2

function makeSender() {
  const sender = {files: new Map(), watchers: new Set()}
  const tell = () => { for (const watcher of sender.watchers) { watcher() } }
  const isOpen = (one) => one.state === "waiting" || one.state === "sending"
  sender.open = () => [...sender.files.values()].filter(isOpen)

  const post = (path, told) => fetch(path, {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(told), credentials: "same-origin",
  })

  const messageOf = (text, fallback) => {
    try { return JSON.parse(text).message ?? fallback } catch { return fallback }
  }

  const send = (one) => {
    const request = new XMLHttpRequest()
    one.state = "sending"
    one.request = request
    request.upload.addEventListener("progress", (event) => { one.sent = event.loaded; tell() })
    const end = (state, why) => {
      one.state = state
      one.why = why
      one.request = null
      one.file = null
      tell()
      next()
    }
    request.addEventListener("load", () => {
      if (request.status === 200) { one.sent = one.size; end("landed", "") } else {
        end("failed", messageOf(request.responseText, `the server answered ${request.status}`))
      }
    })
    request.addEventListener("error", () => end("failed", `${one.name} was not finished: the connection broke off, or the file changed meanwhile; choose it again`))
    request.addEventListener("abort", () => end("failed", `${one.name} was stopped before its last byte; nothing of it landed`))
    request.open("PUT", `/upload/file/${one.upload_id}`)
    request.setRequestHeader("Content-Type", "text/csv")
    request.send(one.file)
  }

  const next = () => {
    const open = sender.open()
    const free = AT_ONCE - open.filter((one) => one.state === "sending").length
    for (const one of open.filter((one) => one.state === "waiting").slice(0, Math.max(0, free))) { send(one) }
    tell()
  }

  // Announces files as one batch and begins to send them; returns the batch. Throws a sentence.
  sender.begin = async (chosen) => {
    let answer
    try {
      answer = await post("/upload/begin", {files: chosen.map(({file, dataset}) => ({name: file.name, size: file.size, dataset}))})
    } catch { throw new Error("the dashboard can't be reached; nothing was sent") }
    const text = await answer.text()
    if (!answer.ok) { throw new Error(messageOf(text, `the server answered ${answer.status}`)) }
    const begun = JSON.parse(text)
    begun.files.forEach(({upload_id, name}, i) => {
      const file = chosen[i].file
      sender.files.set(upload_id, {upload_id, name, file, batch: begun.batch, dataset: chosen[i].dataset, size: file.size, sent: 0, state: "waiting", why: ""})
    })
    next()
    return begun.batch
  }

  sender.stop = (uploadId) => {
    const one = sender.files.get(uploadId)
    if (!one) { return }
    const request = one.request
    post("/upload/give-up", {uploads: [uploadId]}).catch(() => {}).finally(() => request?.abort())
    if (!request) {
      one.state = "failed"
      one.why = `${one.name} was taken back before it was sent`
      one.file = null
      next()
    }
  }

  window.addEventListener("beforeunload", (event) => {
    if (sender.open().length) { event.preventDefault(); event.returnValue = true }
  })
  window.addEventListener("pagehide", () => {
    const left = sender.open().map((one) => one.upload_id)
    if (left.length) { navigator.sendBeacon("/upload/give-up", JSON.stringify({uploads: left, is_gone: true})) }
  })
  return sender
}

const sender = (window.quaysideUploads ??= makeSender())
