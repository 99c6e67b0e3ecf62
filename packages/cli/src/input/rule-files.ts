import { readFile } from 'node:fs/promises'
import { bytesText } from '../output/text.ts'
import { type FoundFile, findFiles } from './find-files.ts'
import { readAll } from './peek.ts'
import { ArchiveRefused, defaultLimits } from './piece.ts'
import { zipMembers } from './zip.ts'

export interface RuleFile {
  /** For people: the path as it can be opened, with the member of an archive after a `!`. */
  readonly shownPath: string
  /** Within the named path. */
  readonly path: string
  readonly text: string
}

export type RuleInput =
  | { readonly kind: 'file'; readonly file: RuleFile }
  | { readonly kind: 'skipped'; readonly name: string; readonly reason: string }

const maxRuleBytes = 1_000_000

const isRule = (name: string): boolean => /\.ya?ml$/i.test(name)
const isArchive = (name: string): boolean => /\.zip$/i.test(name)
const tooLarge = `larger than ${bytesText(maxRuleBytes)}`

/** The files of rules under the named paths, read one after the other. @throws Failure when a path is not there */
export async function* findRuleFiles(paths: readonly string[]): AsyncGenerator<RuleInput> {
  for await (const found of findFiles(paths)) {
    if (found.kind === 'skipped') yield found
    else yield* rulesIn(found.file)
  }
}

async function* rulesIn(file: FoundFile): AsyncGenerator<RuleInput> {
  const { path, name } = file
  const skipped = (reason: string, of = name): RuleInput => ({ kind: 'skipped', name: of, reason })
  if (isArchive(name)) {
    try {
      yield* rulesInArchive(file)
    } catch (error) {
      yield skipped(error instanceof ArchiveRefused ? error.message : `a damaged archive: ${(error as Error).message}`)
    }
  } else if (!isRule(name) && !file.isNamed) yield skipped('no .yml or .yaml')
  else if (file.sizeBytes > maxRuleBytes) yield skipped(tooLarge)
  else
    try {
      const text = await readFile(path, 'utf8')
      const within = file.isNamed ? name : name.slice(name.indexOf('/') + 1)
      yield { kind: 'file', file: { shownPath: path, path: within, text: withoutMark(text) } }
    } catch (error) {
      yield skipped(`cannot be read: ${(error as Error).message}`)
    }
}

async function* rulesInArchive(file: FoundFile): AsyncGenerator<RuleInput> {
  for await (const member of zipMembers(file.path, defaultLimits)) {
    const name = `${file.name}!${member.name}`
    if (!isRule(member.name)) yield { kind: 'skipped', name, reason: 'no .yml or .yaml' }
    else if (member.unreadable) yield { kind: 'skipped', name, reason: member.unreadable }
    else if (member.sizeBytes > maxRuleBytes) yield { kind: 'skipped', name, reason: tooLarge }
    else {
      const bytes = await readAll(await member.open(), maxRuleBytes, () => new ArchiveRefused(tooLarge))
      const shownPath = `${file.path}!${member.name}`
      yield { kind: 'file', file: { shownPath, path: member.name, text: withoutMark(bytes.toString('utf8')) } }
    }
  }
}

const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text)
