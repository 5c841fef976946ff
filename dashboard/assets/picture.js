// Saves a figure as PNG; its own picture is transparent, as it stands on glass.
const drawn = window.Bokeh.index.find_one(figure).export("png").canvas
const picture = document.createElement("canvas")
picture.width = drawn.width
picture.height = drawn.height
const context = picture.getContext("2d")
context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--q-solid").trim() || "#ffffff"
context.fillRect(0, 0, picture.width, picture.height)
context.drawImage(drawn, 0, 0)
picture.toBlob((blob) => {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(blob)
  link.download = `${figure.name ?? "chart"}.png`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60000)
})
