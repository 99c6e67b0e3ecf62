import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type MmdbAnswer, MmdbProblem, MmdbReader, type MmdbValue } from '@watchfloor/engines/mmdb'
import { z } from 'zod'
import { decoderTestRecord } from './mmdb-decoder-record.ts'
import type { Verdict } from './suite.ts'

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
const source = z.array(z.record(z.string(), z.json()))

/**
 * Every `*.mmdb`: where `source-data` holds what it was built from, the answers for each network, its first and its last address; else that
 * all of it reads, and what its records say of themselves. Databases that are named broken must be refused, by opening or reading them.
 */
export async function* run(folder: string): AsyncIterable<Verdict> {
  const files = (await readdir(folder, { recursive: true })).sort()
  const sources = new Map(files.filter((file) => file.endsWith('.json')).map((file) => [basename(file, '.json'), file]))
  for (const file of files.filter((one) => one.endsWith('.mmdb'))) {
    const bytes = await readFile(join(folder, file))
    const from = sources.get(basename(file, '.mmdb'))
    if (/broken|invalid|bad-data/i.test(file)) yield { name: file, ...judgeBroken(bytes) }
    else if (from === undefined) yield* judgeAlone(file, bytes)
    else yield* judgeAnswers(file, bytes, source.parse(JSON.parse(await readFile(join(folder, from), 'utf8'))))
  }
}

function judgeBroken(bytes: Uint8Array): Omit<Verdict, 'name'> {
  try {
    for (const _ of new MmdbReader(bytes).networks());
  } catch (problem) {
    if (problem instanceof MmdbProblem) return { verdict: 'passed', reason: `${problem.code} ${problem.message}` }
    return { verdict: 'failed', reason: `no MmdbProblem: ${String(problem)}` }
  }
  return { verdict: 'failed', reason: 'nothing was found wrong with it' }
}

function* judgeAlone(file: string, bytes: Uint8Array): Iterable<Verdict> {
  try {
    const reader = new MmdbReader(bytes)
    let count = 0
    for (const { network, record } of reader.networks()) {
      count++
      const problem = recordProblem(file, reader, network, record)
      if (problem !== undefined) yield { name: `${file} ${network}`, verdict: 'failed', reason: problem }
    }
    yield { name: file, verdict: 'passed', reason: `${count} networks of ${reader.metadata.databaseType}` }
  } catch (problem) {
    yield { name: file, verdict: 'failed', reason: String(problem) }
  }
}

/** The records of MaxMind's own test databases hold the network that they are of, or each type of value once. */
function recordProblem(file: string, reader: MmdbReader, network: string, record: MmdbValue): string | undefined {
  const address = addressOf(network)
  const found = reader.lookup(address)
  if (!isSame(found.record, record)) return `looking up ${address} finds another record`
  if (file.endsWith('MaxMind-DB-test-decoder.mmdb') && !/^(?:0\.0\.0\.0|255\.255\.255\.255)$/.test(address))
    return isSame(record, decoderTestRecord) ? undefined : `reads ${shown(record)}`
  if (reader.metadata.databaseType !== 'Test' || !isRecord(record) || typeof record.ip !== 'string') return undefined
  const said = reader.lookup(record.ip.split('/')[0]!)
  return said.network === found.network ? undefined : `is of ${record.ip}, which lies in ${said.network}`
}

function* judgeAnswers(file: string, bytes: Uint8Array, rows: z.output<typeof source>): Iterable<Verdict> {
  try {
    const reader = new MmdbReader(bytes)
    const expected = rows.flatMap((row) => Object.entries(row))
    for (const [order, [network, record]] of expected.entries()) {
      const answer = reader.lookup(addressOf(network))
      const name = `${file} ${network}`
      if (isSame(answer.record, record)) yield { name, verdict: 'passed' }
      else if (isWrittenOver(reader, answer, expected.slice(order + 1)))
        yield { name, verdict: 'passed', reason: `written over by ${answer.network}, which comes after it` }
      else yield { name, verdict: 'failed', reason: `expected ${shown(record)}, got ${shownAnswer(answer)}` }
    }
    for (const _ of reader.networks());
    yield { name: `${file} read whole`, verdict: 'passed' }
  } catch (problem) {
    yield { name: file, verdict: 'failed', reason: String(problem) }
  }
}

/** A wider network that was written later replaces what was there. */
const isWrittenOver = (reader: MmdbReader, answer: MmdbAnswer, later: readonly [string, Json][]): boolean =>
  later.some(
    ([network, record]) =>
      reader.lookup(addressOf(network)).network === answer.network && isSame(answer.record, record),
  )

const addressOf = (network: string): string => network.split('/')[0]!.replace(/^::(?=\d+\.)/, '')
const isRecord = (value: MmdbValue | undefined): value is { readonly [key: string]: MmdbValue } =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array)

/** Numbers of 32 bits are compared as such: JSON has them as they were written. */
export function isSame(got: MmdbValue | undefined, wanted: Json | MmdbValue | undefined): boolean {
  if (typeof got === 'number' && typeof wanted === 'number')
    return got === wanted || Math.fround(got) === Math.fround(wanted)
  if (typeof got === 'bigint' || typeof wanted === 'bigint') return String(got) === String(wanted)
  if (typeof got !== 'object' || typeof wanted !== 'object' || wanted === null) return got === wanted
  const [keys, wantedKeys] = [Object.keys(got), Object.keys(wanted)]
  const inside = new Map(Object.entries(wanted))
  return (
    keys.length === wantedKeys.length &&
    Object.entries(got).every(([key, value]) => inside.has(key) && isSame(value, inside.get(key)))
  )
}

const shown = (value: MmdbValue | Json): string =>
  JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one)).slice(0, 300)
const shownAnswer = ({ network, record }: MmdbAnswer): string =>
  record === undefined ? `nothing for ${network}` : `${shown(record)} of ${network}`
