/**
 * What YARA costs with all public rules: compiling, scanning small texts and large binaries, memory; the native engine and the WASM
 * one, each in a process of its own. Prints one JSON document.
 * Run: node bench/yara.ts [seconds per measurement]
 */

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openEngine } from '../packages/server/src/adapters/yara/engine.ts'
import { RuleSet } from '../packages/server/src/adapters/yara/rule-set.ts'
import { defaultYaraLimits, type YaraFile } from '../packages/server/src/platform/yara/yara.ts'
import { rounded } from './figures/percentiles.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const publicRules = join(resolve(process.env.WATCHFLOOR_TEST_DATA ?? join(root, '../shared/data')), 'yara-rules')
const seconds = Number(process.argv[2] ?? 5)
const engineName = process.argv[3]

async function rulesOf(): Promise<{ files: YaraFile[]; source: string }> {
  const folder = publicRules
  const names = (await readdir(folder, { recursive: true }).catch(() => []))
    .filter((name) => /\.yara?$/.test(name))
    .sort()
  if (names.length > 0) {
    const read = async (name: string) => ({ path: name, text: await readFile(join(folder, name), 'utf8') })
    return { files: await Promise.all(names.map(read)), source: 'public rules' }
  }
  const rule = (n: number) =>
    `rule r${n} { strings: $a = "marker-${n}-${n * 7919}" $b = { 4d 5a ${(n % 256).toString(16).padStart(2, '0')} ?? ff } condition: all of them }`
  return {
    files: [{ path: 'generated.yar', text: Array.from({ length: 2000 }, (_, n) => rule(n)).join('\n') }],
    source: 'generated rules: there are no public ones here',
  }
}

/** Sources of this project: small texts, as scripts are. */
async function smallTexts(): Promise<Buffer[]> {
  const folder = join(root, 'packages/server/src')
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts')).sort()
  return Promise.all(names.slice(0, 200).map((name) => readFile(join(folder, name))))
}

/** Noise behind the head of a program, as packed programs are; the same in every run. */
function largeBinaries(): Buffer[] {
  return Array.from({ length: 8 }, (_, n) => {
    const parts = Array.from({ length: 32_768 }, (_part, block) =>
      createHash('sha256').update(`${n} ${block}`).digest(),
    )
    return Buffer.concat([Buffer.from('MZ'), ...parts])
  })
}

const rssMb = (): number => Math.round(process.memoryUsage.rss() / 1e6)

function scanRate(set: RuleSet, files: readonly Buffer[], matchesPerPattern: number) {
  const limits = { ...defaultYaraLimits, matchesPerPattern }
  const scan = (file: Buffer) => set.scan(file, {}, limits).length
  for (const file of files.slice(0, 2)) scan(file)
  const startedMs = performance.now()
  const startedCpu = process.cpuUsage()
  let [scanned, bytes, matches] = [0, 0, 0]
  while (performance.now() - startedMs < seconds * 1000) {
    const file = files[scanned % files.length]!
    matches += scan(file)
    bytes += file.byteLength
    scanned++
  }
  const elapsedSeconds = (performance.now() - startedMs) / 1000
  const cpu = process.cpuUsage(startedCpu)
  return {
    files: scanned,
    averageBytes: Math.round(bytes / scanned),
    filesPerSecond: rounded(scanned / elapsedSeconds),
    megabytesPerSecond: rounded(bytes / 1e6 / elapsedSeconds),
    cpuMsPerFile: rounded((cpu.user + cpu.system) / 1000 / scanned),
    matchesPerFile: rounded(matches / scanned),
  }
}

async function measure(name: 'native' | 'wasm') {
  const { files, source } = await rulesOf()
  const texts = await smallTexts()
  const idleMb = rssMb()
  const began = process.cpuUsage()
  const set = RuleSet.compile(openEngine(name), files)
  const loading = process.cpuUsage(began)
  const again = process.cpuUsage()
  RuleSet.compile(openEngine(name), set.soundFiles, { areSound: true }).free()
  const reloading = process.cpuUsage(again)
  return {
    engine: set.info.engine,
    rules: { source, found: set.info.found, run: set.info.rules },
    compileMs: Math.round(set.info.compileMs),
    compileCpuMs: Math.round(loading.user / 1000),
    againCpuMs: Math.round(reloading.user / 1000),
    memoryMb: { before: idleMb, after: rssMb() },
    texts: scanRate(set, texts, defaultYaraLimits.matchesPerPattern),
    textsAtMost100Matches: scanRate(set, texts, 100),
    binaries: scanRate(set, largeBinaries(), defaultYaraLimits.matchesPerPattern),
    memoryAfterScansMb: rssMb(),
  }
}

/** Each in a process of its own, so that their memory is not mixed. */
function inProcess(name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), String(seconds), name], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.on('data', (part) => {
      text += part
    })
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`${name} ended with ${code}`)),
    )
  })
}

if (engineName === 'native' || engineName === 'wasm') console.log(JSON.stringify(await measure(engineName)))
else console.log(JSON.stringify([await inProcess('native'), await inProcess('wasm')], null, 2))
