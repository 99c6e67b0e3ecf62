/**
 * A value that no chat or mail program turns into a link: `http://a.example` → `hxxp://a[.]example`.
 * The scheme loses its letters, and every dot and the `@` of an address gain brackets. Paths of files stay as they are.
 */
export function defang(value: string): string {
  const kind = valueKind(value)
  if (kind === 'other' || kind === 'hash') return value
  if (kind === 'url') {
    const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(value)
    if (!match) return value
    const [, scheme = '', host = '', rest = ''] = match
    return `${scheme.replace(/^http/i, 'hxxp').replace(/^ftp/i, 'fxp')}://${bracket(host)}${rest}`
  }
  if (kind === 'ipv6') return value.replaceAll(':', '[:]')
  return bracket(value.replace('@', '[@]'))
}

const bracket = (text: string): string => text.replaceAll('.', '[.]')

export type ValueKind = 'ipv4' | 'ipv6' | 'domain' | 'url' | 'email' | 'hash' | 'other'

/** What a value looks like, for its menu. A guess by form, not a validation. */
export function valueKind(value: string): ValueKind {
  if (value.length > 2048) return 'other'
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(value)) return 'ipv4'
  if (/^[0-9a-f:]{2,39}$/i.test(value) && value.split(':').length > 2) return 'ipv6'
  if (/^(https?|ftps?):\/\//i.test(value)) return 'url'
  if (/^[a-f0-9]+$/i.test(value) && [32, 40, 64, 128].includes(value.length)) return 'hash'
  if (/^[^\s@/\\]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(value)) return 'email'
  if (
    /^([a-z0-9_-]+\.)+[a-z]{2,}$/i.test(value) &&
    !/\.(exe|dll|ps1|bat|sys|txt|log|json|xml|zip|docx?|xlsx?|pdf|js|py|sh|lnk|tmp|dat)$/i.test(value)
  )
    return 'domain'
  return 'other'
}
