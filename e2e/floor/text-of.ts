import type { Locator } from 'playwright-core'

/** The text of the one element that the locator finds, as soon as it is there. */
export const textOf = async (place: Locator): Promise<string> => ((await place.textContent()) ?? '').trim()
