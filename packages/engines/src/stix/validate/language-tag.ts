import { countryCodes } from '../registries/countries.ts'
import { languageSubtags, longLanguageCodes } from '../registries/languages.ts'

/** language [-script] [-region] [-variants] [-extensions and private use] */
const TAG =
  /^([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[a-wyz\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?$/

const MAX_LENGTH = 100

/**
 * Whether a text is a language tag whose language and region are registered. Languages that ISO 639-3 alone knows are refused.
 * @source RFC 5646 section 2.1
 */
export function isLanguageTag(text: string): boolean {
  if (text.length > MAX_LENGTH) return false
  const parts = TAG.exec(text.toLowerCase())
  if (parts === null || !languageSubtags().has(parts[1]!)) return false
  const region = parts[3]
  return region === undefined || /^\d/.test(region) || countryCodes().has(region.toUpperCase())
}

/** A code of ISO 639-2, as STIX 2.0 asked for. */
export const isLongLanguageCode = (text: string): boolean => longLanguageCodes().has(text)
