import { readFile, stat } from 'node:fs/promises'
import { externals, openEngine } from './engine.ts'
import type { ScanReply, ScanRequest, ScanValue } from './messages.ts'
import { RuleSet } from './rule-set.ts'

/**
 * Scans in a process of its own: native code cannot be ended inside a thread (it neither polls nor unwinds), and what it reads is
 * hostile. Told by messages from the process that started it; ends when that one is gone.
 */
const engine = openEngine(process.argv[2] === 'wasm' || process.argv[2] === 'native' ? process.argv[2] : undefined)
let rules: RuleSet | undefined

async function answer(request: ScanRequest): Promise<ScanValue> {
  switch (request.kind) {
    case 'load':
      rules?.free()
      rules = undefined
      rules = RuleSet.compile(engine, request.files, { areSound: request.areSound })
      return { info: rules.info, soundFiles: request.areSound ? [] : rules.soundFiles }
    case 'check':
      return { info: RuleSet.check(engine, request.files), soundFiles: [] }
    case 'scan': {
      if (rules === undefined) throw new Error('no rules are loaded')
      return { matches: rules.scan(await bytesOf(request.target), { ...externals, ...request.names }, request.limits) }
    }
  }
}

async function bytesOf(target: Extract<ScanRequest, { kind: 'scan' }>['target']): Promise<Buffer> {
  if ('bytes' in target) {
    const { buffer, byteOffset, byteLength } = target.bytes
    return Buffer.from(buffer, byteOffset, byteLength)
  }
  const { size } = await stat(target.path)
  if (size > target.maxBytes) throw new Error(`it is larger than ${target.maxBytes} bytes`)
  return readFile(target.path)
}

let turn = Promise.resolve()
process.on('message', (request: ScanRequest) => {
  turn = turn.then(async () => {
    const reply = await answer(request).then(
      (value): ScanReply => ({ id: request.id, ok: true, value, rssBytes: process.memoryUsage.rss() }),
      (error: unknown): ScanReply => ({
        id: request.id,
        ok: false,
        message: error instanceof Error ? error.message : String(error),
        rssBytes: process.memoryUsage.rss(),
      }),
    )
    process.send?.(reply)
  })
})
process.on('disconnect', () => process.exit(0))
