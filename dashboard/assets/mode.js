// The mode that the person chose last, else the one of their system, before anything is drawn; and the width, by which
// the first page knows whether its menu starts open.
const chosen = document.cookie.match(/quayside-mode=(dark|light)/)
const preferred = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"
document.documentElement.dataset.mode = chosen ? chosen[1] : preferred
if (!chosen) { document.cookie = `quayside-mode=${preferred}; path=/; max-age=31536000; samesite=lax` }
const width = window.matchMedia("(max-width: 599px)").matches ? "narrow" : "wide"
document.cookie = `quayside-width=${width}; path=/; max-age=31536000; samesite=lax`
