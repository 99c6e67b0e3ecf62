const documentEndings: Readonly<Record<string, string>> = {
  md: 'a document (.md)',
  markdown: 'a document (.markdown)',
  rst: 'a document (.rst)',
  html: 'a document (.html)',
  htm: 'a document (.htm)',
  pdf: 'a document (.pdf)',
  docx: 'a document (.docx)',
  yml: 'rules or settings (.yml)',
  yaml: 'rules or settings (.yaml)',
  toml: 'settings (.toml)',
  ini: 'settings (.ini)',
  py: 'a program (.py)',
  ps1: 'a program (.ps1)',
  sh: 'a program (.sh)',
  js: 'a program (.js)',
  ts: 'a program (.ts)',
  exe: 'a program (.exe)',
  dll: 'a program (.dll)',
  png: 'a picture (.png)',
  jpg: 'a picture (.jpg)',
  jpeg: 'a picture (.jpeg)',
  gif: 'a picture (.gif)',
  svg: 'a picture (.svg)',
  pcap: 'a packet capture (.pcap)',
  pcapng: 'a packet capture (.pcapng)',
}

/** Why a file found in a folder or archive is taken for no log by its name alone; undefined when its bytes have to tell. */
export function reasonByName(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  // In capitals: Zeek writes a `notice.log`, and a readme may well be a log of that name.
  if (/^(?:LICEN[CS]E|COPYING)(?:[.-]|$)|^(?:NOTICE|README|CHANGELOG|AUTHORS|CONTRIBUTING)(?:\.txt)?$/.test(name))
    return 'a document'
  if (/(?:^|\/)__MACOSX\//.test(path) || name === '.DS_Store') return "a file system's own"
  if (name.startsWith('.')) return 'hidden'
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(documentEndings, ending) ? documentEndings[ending] : undefined
}

const signatures: readonly (readonly [readonly number[], string])[] = [
  [[0x42, 0x5a, 0x68], 'packed with bzip2: unpack it first'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'packed with xz: unpack it first'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'packed with zstd: unpack it first'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'packed with 7-Zip: unpack it first'],
  [[0x52, 0x61, 0x72, 0x21], 'packed with RAR: unpack it first'],
  [[0xd4, 0xc3, 0xb2, 0xa1], 'a packet capture'],
  [[0x0a, 0x0d, 0x0d, 0x0a], 'a packet capture'],
  [[0x7f, 0x45, 0x4c, 0x46], 'a program'],
  [[0x4d, 0x5a], 'a program'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF document'],
]

/** What binary bytes are, as far as their first ones tell. */
export const reasonByBytes = (head: Uint8Array): string =>
  signatures.find(([bytes]) => bytes.every((byte, index) => head[index] === byte))?.[1] ?? 'binary'
