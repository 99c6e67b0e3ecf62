/**
 * Hunting in files without a server: all public rules over all recorded EVTX files, over OTRF data, and over one file of 260 MB made
 * of it, without a thread, with one and with two, each in a process of its own so that its memory is known. Rules are read once for the
 * first time and once as a later hunt has them. `node bench/hunt.ts` prints one JSON object. Compared with reading and normalising the
 * same files without any rule.
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { loadRules } from '../packages/cli/src/commands/hunt/load-rules.ts'
import { ruleSetOf } from '../packages/cli/src/commands/hunt/rule-set.ts'
import { runHunt } from '../packages/cli/src/commands/hunt/run-hunt.ts'
import { partsOf } from '../packages/cli/src/input/file-parts.ts'
import { planFiles } from '../packages/cli/src/input/find-files.ts'
import { RememberingParser } from '../packages/cli/src/input/parsed-rules.ts'
import { defaultLimits } from '../packages/cli/src/input/piece.ts'
import { readInput } from '../packages/cli/src/input/read-input.ts'
import { normalise } from '../packages/engines/src/logs/index.ts'

const data = resolve(process.env.WATCHFLOOR_TEST_DATA ?? join(import.meta.dirname, '../../shared/data'))
const rules = join(data, 'sigma-rules')
const sets: Readonly<Record<string, readonly string[]>> = {
  evtx: ['evtx-attack-samples', 'evtx-parser-samples', 'sigma-regression'],
  otrf: ['otrf-security-datasets'],
}
const read = { format: 'auto', maxRecordBytes: 16 * 1024 * 1024, limits: defaultLimits } as const
const startedMs = Date.now()
/** As the command cuts large files. */
const partBytes = 16 * 1024 * 1024

const since = (fromMs: number): number => Math.round(performance.now() - fromMs)
const peakRssMb = (): number => Math.round(process.resourceUsage().maxRSS / 1024)
const cpuMsSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before)
  return Math.round((user + system) / 1000)
}
const perSecond = (count: number, ms: number): number => Math.round((count * 1000) / ms)

/** @param set one of `sets`, or the path of a file */
async function filesOf(set: string): Promise<Awaited<ReturnType<typeof planFiles>>> {
  return planFiles(sets[set]?.map((name) => join(data, name)) ?? [set])
}

const largeBytes = 260e6

/** OTRF's events, unpacked, again and again in one file. */
async function writeLarge(path: string): Promise<void> {
  const { files } = await filesOf('otrf')
  for (let bytes = 0; bytes < largeBytes; )
    for (const file of files) {
      if (!file.name.includes('/windows/')) continue
      for await (const piece of readInput(file, read)) {
        if (piece.kind !== 'records') continue
        const text = `${piece.lines.join('\n')}\n`
        appendFileSync(path, text)
        bytes += text.length
        if (bytes >= largeBytes) return
      }
    }
}

/** CPU and time of reading the rules: into an empty folder, then as the next hunt finds it. */
async function loading(cacheDir: string, which: 'first' | 'again') {
  const fromMs = performance.now()
  const before = process.cpuUsage()
  const loaded = await loadRules([rules], { parser: new RememberingParser(cacheDir, [rules]) })
  return { which, rules: loaded.compiled.length, ms: since(fromMs), cpuMs: cpuMsSince(before), peakRssMb: peakRssMb() }
}

/** One hunt, after one over a single record in which the threads start and the rules are made ready. */
async function hunt(set: string, threads: number, cacheDir: string) {
  let fromMs = performance.now()
  const loaded = await loadRules([rules], { parser: new RememberingParser(cacheDir, [rules]) })
  const ruleSet = ruleSetOf(loaded, 'informational')
  const loadMs = since(fromMs)
  const plan = await filesOf(set)
  const folder = mkdtempSync(join(tmpdir(), 'bench-hunt-'))
  try {
    const run = async (files: typeof plan.files) => {
      let hits = 0
      const results = await runHunt({
        setup: { rules: ruleSet.rules, read, range: { fromMs: null, toMs: null }, startedMs, origin: {} },
        files: files.flatMap((file) =>
          [...(threads > 1 ? partsOf(file, read, partBytes) : [file])].map((part) => ({
            file: part,
            shownPath: part.name,
          })),
        ),
        threads,
        onFound(found) {
          hits += found.hits.length
        },
        onProgress() {},
        signal: new AbortController().signal,
      })
      return { hits, events: results.reduce((sum, { events }) => sum + events, 0) }
    }
    const tiny = join(folder, 'tiny.jsonl')
    writeFileSync(tiny, '{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Image":"C:\\\\a.exe"}\n')
    const { files: tinyFiles } = await planFiles(Array.from({ length: Math.max(1, threads) }, () => tiny))
    fromMs = performance.now()
    let cpuBefore = process.cpuUsage()
    await run(tinyFiles)
    const startMs = since(fromMs)
    const startCpuMs = cpuMsSince(cpuBefore)
    cpuBefore = process.cpuUsage()
    fromMs = performance.now()
    const { hits, events } = await run(plan.files)
    const ms = since(fromMs)
    const cpuMs = cpuMsSince(cpuBefore)
    // Every hunt starts its threads anew, so the start is part of its time; taken off, what remains is for the events.
    const microsecondsPerEvent = Math.round(((cpuMs - startCpuMs) * 1000) / events)
    const files = plan.files.length
    return {
      set, threads, rules: ruleSet.rules.length, files, megabytes: Math.round(plan.totalBytes / 1e5) / 10, events, hits,
      loadMs, startMs, startCpuMs, ms, cpuMs, microsecondsPerEvent, filesPerSecond: perSecond(files, ms), eventsPerSecond: perSecond(events, ms), peakRssMb: peakRssMb(),
    } // biome-ignore format: a row of the table
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The same files, read and normalised, and nothing else. */
async function readAlone(set: string) {
  const { files } = await filesOf(set)
  const fromMs = performance.now()
  const cpuBefore = process.cpuUsage()
  let events = 0
  for (const file of files)
    for await (const piece of readInput(file, read)) {
      if (piece.kind !== 'records') continue
      for (const line of piece.lines) normalise(line, { receivedMs: startedMs })
      events += piece.lines.length
    }
  const ms = since(fromMs)
  const cpuMs = cpuMsSince(cpuBefore)
  return {
    set,
    events,
    ms,
    cpuMs,
    microsecondsPerEvent: Math.round((cpuMs * 1000) / events),
    filesPerSecond: perSecond(files.length, ms),
    eventsPerSecond: perSecond(events, ms),
    peakRssMb: peakRssMb(),
  }
}

const [what, set = '', threads = '1', cacheDir = ''] = process.argv.slice(2)
if (what === 'hunt') console.log(JSON.stringify(await hunt(set, Number(threads), cacheDir)))
else if (what === 'load') console.log(JSON.stringify(await loading(cacheDir, set === 'first' ? 'first' : 'again')))
else if (what === 'read') console.log(JSON.stringify(await readAlone(set)))
else if (!existsSync(rules))
  console.error(`the public rules and records are not in ${data} (WATCHFLOOR_TEST_DATA): nothing to measure`)
else {
  const folder = mkdtempSync(join(tmpdir(), 'bench-hunt-rules-'))
  try {
    const measured = (...argv: string[]): unknown =>
      JSON.parse(execFileSync(process.execPath, [import.meta.filename, ...argv, folder], { encoding: 'utf8' }))
    const loads = ['first', 'again'].map((which) => measured('load', which, ''))
    const large = join(folder, 'large.jsonl')
    await writeLarge(large)
    const names = [...Object.keys(sets), large]
    const hunts = names.flatMap((name) => ['0', '1', '2'].map((count) => measured('hunt', name, count)))
    const readings = names.map((name) => measured('read', name, ''))
    const result = { benchmark: 'hunt', node: process.version, loads, hunts, comparison: { readAlone: readings } }
    console.log(JSON.stringify(result, null, 2))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
