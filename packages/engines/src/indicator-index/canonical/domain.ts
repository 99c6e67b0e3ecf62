const maxDomainLength = 253

/** What needs no second look: lower case letters, digits, hyphens, underscores, dots between. */
const plainName = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/

/**
 * A host name as it is compared: lower case, punycode, no dot at the end, no `*.` before. Undefined when it is no name, or an
 * address. A single label is a name here.
 */
export function hostNameOf(text: string): string | undefined {
  let name = text.length > 4 * maxDomainLength ? '' : text
  if (name.startsWith('*.')) name = name.slice(2)
  if (name.endsWith('.')) name = name.slice(0, -1)
  name = name.toLowerCase()
  if (!isAscii(name)) name = punycodeOf(name) ?? ''
  if (name.length === 0 || name.length > maxDomainLength || !plainName.test(name)) return undefined
  // The last label of a name is never a number; those of addresses are.
  const last = name.slice(name.lastIndexOf('.') + 1)
  if (/^\d+$/.test(last) || last.length > 63 || hasLongLabel(name)) return undefined
  return name
}

const hasLongLabel = (name: string): boolean => name.length > 63 && name.split('.').some((label) => label.length > 63)

export function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false
  return true
}

function punycodeOf(name: string): string | undefined {
  // Only the host may change the host: whatever else a URL gives meaning to is no name.
  if (/[\s/\\?#@:%]/.test(name) || !URL.canParse(`http://${name}/`)) return undefined
  return new URL(`http://${name}/`).hostname.replace(/\.$/, '')
}
