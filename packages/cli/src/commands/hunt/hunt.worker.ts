import { parentPort, workerData } from 'node:worker_threads'
import { buildPlan } from '@watchfloor/engines/sigma'
import { huntFile } from './hunt-file.ts'
import type { Found, HuntAnswer, HuntRequest, HuntSetup } from './messages.ts'

const port = parentPort
if (!port) throw new Error('this file runs in a worker thread')
const { rules, ...options } = workerData as HuntSetup
const plan = buildPlan(rules.map(({ compiled }) => compiled))

const say = (answer: HuntAnswer): void => port.postMessage(answer)
let goOn: () => void = () => {}
let isStopped = false

const handOver = (found: Found): Promise<void> =>
  new Promise((resolve) => {
    goOn = resolve
    say({ kind: 'hits', ...found })
  })

async function hunt({ file, shownPath }: Extract<HuntRequest, { kind: 'file' }>): Promise<void> {
  const tally = await huntFile(file, shownPath, {
    ...options,
    plan,
    roles: rules,
    handOver,
    onProgress: (progress) => say({ kind: 'progress', ...progress }),
    isStopped: () => isStopped,
  })
  say({ kind: 'end', tally })
}

port.on('message', (request: HuntRequest) => {
  if (request.kind === 'go on') goOn()
  else if (request.kind === 'stop') isStopped = true
  // A fault of ours ends the thread; whoever waits for the file is told by its end.
  else void hunt(request)
})
say({ kind: 'ready' })
