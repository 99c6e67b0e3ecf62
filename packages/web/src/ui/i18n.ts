import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'

/** A catalogue: keys to sentences, nested. Plurals as i18next writes them (`rows_one`, `rows_other`). */
export interface Catalogue {
  readonly [key: string]: string | Catalogue
}

const language = 'en'

// Synchronous, and with the module itself: every catalogue travels with the code that needs it.
void i18next.use(initReactI18next).init({
  lng: language,
  fallbackLng: language,
  ns: [],
  resources: {},
  interpolation: { escapeValue: false },
  initAsync: false,
})

/** Adds a feature's sentences under its own name. Called once, where the feature is loaded. */
export function registerText(namespace: string, catalogue: Catalogue): void {
  i18next.addResourceBundle(language, namespace, catalogue, true, true)
}
