import type { LogParser, ObjectParser, TextParser } from './parser.ts'
import { ecsJson, genericJson } from './sources/generic-json.ts'
import { plainText } from './sources/plain.ts'
import { windowsParsers } from './sources/windows/index.ts'

/** Every log source we read, in the order in which they are asked: the particular before the general. */
export const parsers: readonly LogParser[] = [...windowsParsers, ecsJson, genericJson, plainText]

export const objectParsers: readonly ObjectParser[] = parsers.filter((parser) => parser.kind === 'object')
export const textParsers: readonly TextParser[] = parsers.filter((parser) => parser.kind === 'text')
export const parserById: ReadonlyMap<string, LogParser> = new Map(parsers.map((parser) => [parser.id, parser]))
