/** Parts after `cpe:2.3:`; the first is the kind, the sixth the language. */
const PARTS = 11
const VALUE = /^(?:[?*]*)(?:[A-Za-z0-9\-._~%]|\\[^\s\w]|\\_)*(?:[?*]*)$/
const LANGUAGE = /^(?:[A-Za-z]{2,3}(?:-(?:[A-Za-z]{2}|\d{3}))?|[*-])$/
const MAX_LENGTH = 2048

/** @source NIST IR 7695, formatted string binding */
export function isCpe(text: string): boolean {
  if (text.length > MAX_LENGTH || !text.startsWith('cpe:2.3:')) return false
  // A colon that belongs to a value is escaped.
  const parts = text.slice('cpe:2.3:'.length).split(/(?<!(?<!\\)\\):/)
  if (parts.length !== PARTS || !/^[aho*-]$/.test(parts[0]!)) return false
  return parts.slice(1).every((part, i) => part !== '' && (i === 5 ? LANGUAGE : VALUE).test(part))
}
