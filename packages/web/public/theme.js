// Runs before the first paint, so that nobody who works in the dark is flashed at. It always resolves to light or dark,
// which lets the stylesheet write each theme once.
;(() => {
  let chosen = null
  try {
    chosen = localStorage.getItem('watchfloor.theme')
  } catch {
    // Storage may be forbidden; the system's theme is then used.
  }
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  document.documentElement.dataset.theme = chosen === 'light' || chosen === 'dark' ? chosen : system
})()
