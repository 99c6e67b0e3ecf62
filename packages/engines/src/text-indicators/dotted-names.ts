import { parse } from 'tldts'

/** Endings of files. Those that are top-level domains too are told apart by how they are written. */
const fileEndings = new Set(
  (
    '7z apk asp aspx bat bin cab cfg chm class cmd conf cpl csv dat db deb dll dmg doc docm docx dotm elf exe gif gz hta htm html ico img inf ini iso jar jpeg jpg js jse ' +
    'json jsp lnk log mdb msc msi msix msp ocx odt one pdf php pif pkg png ppam ppt pptm pptx ps1 psd1 psm1 pst py pyc rar reg rpm rtf scr sct service sh sln sql ' +
    'swf sys tar tgz tmp txt url vbe vbs vhd vhdx war wim wsc wsf wsh xla xlam xll xls xlsb xlsm xlsx xml xz yaml yml zip'
  ).split(' '),
)
/** Endings that are both, and mean a file unless somebody took care that the name cannot be clicked. */
const alsoDomains = new Set(['cab', 'md', 'mov', 'one', 'pl', 'ps', 'py', 'rs', 'service', 'sh', 'so', 'url', 'zip'])

/** Products whose names look like those of hosts. */
const products = new Set(['asp.net', 'vb.net', 'ado.net', 'ml.net', 'socket.io'])

export type DottedName = 'domain' | 'file-name'

/** What words with dots between them are; undefined when they are just words. */
export function kindOfDottedName(
  name: string,
  { isDefanged }: { readonly isDefanged: boolean },
): DottedName | undefined {
  const lower = name.toLowerCase()
  const ending = lower.slice(lower.lastIndexOf('.') + 1)
  const isFile = fileEndings.has(ending) || alsoDomains.has(ending)
  const isBoth = alsoDomains.has(ending)
  if (isFile && !(isBoth && isDefanged) && !(isBoth && lower.startsWith('www.'))) return 'file-name'
  if (!isDefanged && (products.has(lower) || isSentence(name))) return undefined
  const { publicSuffix, domain, isIcann, isSpecialUse, isPrivate } = parse(lower, {
    allowPrivateDomains: false,
    detectSpecialUse: true,
  })
  if (!domain || !publicSuffix) return undefined
  return isIcann || isPrivate || isSpecialUse || reserved.has(publicSuffix) ? 'domain' : undefined
}

/** Names that no registry gives, and reports have nevertheless. @source RFC 2606, RFC 7686 */
const reserved = new Set(['example', 'invalid', 'onion', 'test', 'bit', 'lib', 'coin', 'emc'])

/** `end.It`: the next sentence; `System.IO`: a name in a program. Whole names in capitals are names nevertheless. */
function isSentence(name: string): boolean {
  const ending = name.slice(name.lastIndexOf('.') + 1)
  return /\p{Lu}/u.test(ending) && name !== name.toUpperCase()
}
