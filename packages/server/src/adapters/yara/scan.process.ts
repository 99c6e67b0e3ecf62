import { readFile, stat } from 'node:fs/promises'
import { Socket } from 'node:net'
import { externals, openEngine } from './engine.ts'
import { contentDescriptor, type ScanReply, type ScanRequest, type ScanSource, type ScanValue } from './messages.ts'
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
      return { matches: rules.scan(await bytesOf(request.source), { ...externals, ...request.names }, request.limits) }
    }
  }
}

async function bytesOf(source: ScanSource): Promise<Buffer> {
  if ('pipedBytes' in source) return piped(source.pipedBytes)
  const { size } = await stat(source.path)
  if (size > source.maxBytes) throw new Error(`it is larger than ${source.maxBytes} bytes`)
  return readFile(source.path)
}

const pipe = new Socket({ fd: contentDescriptor, readable: true, writable: false })
pipe.pause()
// The program waits for messages, not for bytes that nobody announced.
pipe.unref()

/** The bytes of one file, and none of what follows: nobody sends more before the answer. */
function piped(sizeBytes: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(sizeBytes)
  if (sizeBytes === 0) return Promise.resolve(bytes)
  return new Promise((resolve) => {
    let at = 0
    const take = (part: Buffer) => {
      at += part.copy(bytes, at)
      if (at < sizeBytes) return
      pipe.pause()
      pipe.off('data', take)
      resolve(bytes)
    }
    pipe.on('data', take)
    pipe.resume()
  })
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
