import type { TextIndicatorType } from './scanners.ts'

/** A value as it can be sent without anybody clicking on it: `hxxps://evil[.]example/x`. What cannot be clicked stays as it is. */
export function defang(type: TextIndicatorType, value: string): string {
  switch (type) {
    case 'ipv4':
    case 'domain':
      return value.replaceAll('.', '[.]')
    case 'cidr':
      return value.replaceAll('.', '[.]').replace(/:/g, value.includes('.') ? ':' : '[:]')
    case 'ipv6':
      return value.replaceAll(':', '[:]')
    case 'email':
      return value.replace('@', '[@]').replaceAll('.', '[.]')
    case 'url':
      return defangedUrl(value)
    default:
      return value
  }
}

function defangedUrl(value: string): string {
  const [, scheme = '', host = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)(.*)$/is.exec(value) ?? []
  const shown = host.startsWith('[') ? host : host.replaceAll('.', '[.]')
  return `${scheme.replace(/^http/i, 'hxxp').replace(/^ftp/i, 'fxp')}${shown}${rest}`
}
