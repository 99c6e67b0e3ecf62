import { passwordMinLength } from '@watchfloor/contracts/identity'

const maxLength = 256
const minDistinctCharacters = 5
/** What must be left of a password when common words and runs are taken out. */
const minOwnCharacters = 6

/** Words of which the passwords that people choose first are made. */
const commonWords = (
  'password passwort passwd secret letmein welcome login admin administrator root user guest master monkey dragon sunshine ' +
  'princess football baseball iloveyou trustno shadow superman batman michael jordan charlie killer hunter freedom whatever ' +
  'qwertyuiop qwerty qwertz asdfghjkl asdfgh zxcvbnm yxcvbnm azerty abcdef changeme default temporary temp test testing demo ' +
  'watchfloor security soc analyst operator company corporate summer winter spring autumn january february march april june ' +
  'july august september october november december monday tuesday wednesday thursday friday saturday sunday hello access ' +
  'server computer internet starwars pokemon cheese coffee flower ninja mustang please nothing correct horse battery staple'
)
  .split(' ')
  .toSorted((a, b) => b.length - a.length)

const lookalikes: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

const runs = ['01234567890', 'abcdefghijklmnopqrstuvwxyz'].flatMap((run) => [run, [...run].reverse().join('')])

/** Takes out every piece of three or more characters that follows a run (`123`, `cba`) or repeats one character. */
function withoutRuns(text: string): string {
  let rest = ''
  for (let start = 0; start < text.length; ) {
    let end = start + 1
    while (end < text.length && isRun(text.slice(start, end + 1))) end++
    if (end - start < 3) rest += text.slice(start, end)
    start = end
  }
  return rest
}

const isRun = (piece: string): boolean =>
  runs.some((run) => run.includes(piece)) || [...piece].every((character) => character === piece[0])

const withoutWords = (text: string, words: readonly string[]): string =>
  words.reduce((rest, word) => rest.replaceAll(word, ''), text)

const likened = (text: string): string =>
  text.replace(/[013457@$!]/g, (character) => lookalikes[character] ?? character)

/**
 * Everything that speaks against a password, in words for its owner; empty when it may be used. Length counts, mixtures of
 * kinds of characters do not.
 * @source NIST SP 800-63B, 5.1.1.2
 */
export function passwordFaults(password: string, owner: { email: string; displayName: string }): string[] {
  const faults: string[] = []
  const characters = [...password]
  if (characters.length < passwordMinLength) faults.push(`use at least ${passwordMinLength} characters`)
  if (characters.length > maxLength) faults.push(`use at most ${maxLength} characters`)
  if (faults.length > 0) return faults
  if (new Set(characters).size < minDistinctCharacters) faults.push('use more different characters')
  const lower = password.toLowerCase()
  if (left(lower, commonWords) < minOwnCharacters) faults.push('this is among the first that somebody would try')
  if (left(lower, ownWords(owner)) < minOwnCharacters) faults.push('do not make it of your name or e-mail address')
  return faults
}

function left(lower: string, words: readonly string[]): number {
  const plain = withoutWords(withoutRuns(lower), words)
  const alike = withoutWords(withoutRuns(likened(lower)), words)
  return Math.min(plain.length, alike.length)
}

const ownWords = (owner: { email: string; displayName: string }): string[] =>
  `${owner.email} ${owner.displayName} ${owner.email.split(/[@.]/).join(' ')}`
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word.length >= 3)
    .toSorted((a, b) => b.length - a.length)
