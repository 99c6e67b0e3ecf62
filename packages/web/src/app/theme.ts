import type { Preferences } from '@watchfloor/contracts/identity'

type Theme = Preferences['theme']

const dark = matchMedia('(prefers-color-scheme: dark)')
let chosen: Theme = 'system'

const paint = (): void => {
  document.documentElement.dataset.theme = chosen === 'system' ? (dark.matches ? 'dark' : 'light') : chosen
}
dark.addEventListener('change', paint)

/** Shows a theme, and keeps it for the first paint of the next visit. */
export function applyTheme(theme: Theme): void {
  chosen = theme
  paint()
  try {
    if (theme === 'system') localStorage.removeItem('watchfloor.theme')
    else localStorage.setItem('watchfloor.theme', theme)
  } catch {
    // Storage may be forbidden; the theme then comes with the person.
  }
}
