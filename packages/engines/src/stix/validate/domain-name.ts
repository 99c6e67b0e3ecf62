const MAX_NAME = 253
const MAX_LABEL = 63
/** Letters, marks and digits of any script, and the hyphen; joiners and the middle dots that IDNA allows in context. */
const LABEL = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}\p{Join_Control}\-\u00b7\u0375\u05f3\u05f4\u30fb]*$/u

/** A name of ASCII labels or internationalised ones, with or without a dot at the end. @source RFC 1034 section 3.5, RFC 5890 */
export function isDomainName(text: string): boolean {
  const name = text.endsWith('.') ? text.slice(0, -1) : text
  if (name === '' || name.length > MAX_NAME) return false
  return name.split('.').every((label) => {
    if (label.length > MAX_LABEL || !LABEL.test(label) || label.endsWith('-')) return false
    return label.slice(2, 4) !== '--' || /^xn--[a-z0-9-]+$/i.test(label)
  })
}
