import { readFileSync } from 'node:fs'
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

export interface RuleLanguage {
  readonly isRule: RegExp
  readonly endings: string
  readonly maxBytes: number
}

const sigmaFiles: RuleLanguage = { isRule: /\.ya?ml$/i, endings: '.yml or .yaml', maxBytes: 1_000_000 }
export const yaraFiles: RuleLanguage = { isRule: /\.yara?$/i, endings: '.yar or .yara', maxBytes: 16_000_000 }

const isArchive = (name: string): boolean => /\.zip$/i.test(name)
const tooLarge = ({ maxBytes }: RuleLanguage): string => `larger than ${bytesText(maxBytes)}`

/** The files of rules under the named paths, read one after the other. @throws Failure when a path is not there */
export async function* findRuleFiles(
  paths: readonly string[],
  language: RuleLanguage = sigmaFiles,
): AsyncGenerator<RuleInput> {
  for await (const found of findFiles(paths)) {
    if (found.kind === 'skipped') yield found
    else yield* rulesIn(found.file, language)
  }
}

async function* rulesIn(file: FoundFile, language: RuleLanguage): AsyncGenerator<RuleInput> {
  const { path, name } = file
  const skipped = (reason: string, of = name): RuleInput => ({ kind: 'skipped', name: of, reason })
  if (isArchive(name)) {
    try {
      yield* rulesInArchive(file, language)
    } catch (error) {
      yield skipped(error instanceof ArchiveRefused ? error.message : `a damaged archive: ${(error as Error).message}`)
    }
  } else if (!language.isRule.test(name) && !file.isNamed) yield skipped(`no ${language.endings}`)
  else if (file.sizeBytes > language.maxBytes) yield skipped(tooLarge(language), path)
  else
    try {
      const text = readFileSync(path, 'utf8')
      const within = file.isNamed ? name : name.slice(name.indexOf('/') + 1)
      yield { kind: 'file', file: { shownPath: path, path: within, text: withoutMark(text) } }
    } catch (error) {
      yield skipped(`cannot be read: ${(error as Error).message}`, path)
    }
}

async function* rulesInArchive(file: FoundFile, language: RuleLanguage): AsyncGenerator<RuleInput> {
  for await (const member of zipMembers(file.path, defaultLimits)) {
    const name = `${file.name}!${member.name}`
    if (!language.isRule.test(member.name)) yield { kind: 'skipped', name, reason: `no ${language.endings}` }
    else if (member.unreadable) yield { kind: 'skipped', name, reason: member.unreadable }
    else if (member.sizeBytes > language.maxBytes) yield { kind: 'skipped', name, reason: tooLarge(language) }
    else {
      const bytes = await readAll(await member.open(), language.maxBytes, () => new ArchiveRefused(tooLarge(language)))
      const shownPath = `${file.path}!${member.name}`
      yield { kind: 'file', file: { shownPath, path: member.name, text: withoutMark(bytes.toString('utf8')) } }
    }
  }
}

const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text)
