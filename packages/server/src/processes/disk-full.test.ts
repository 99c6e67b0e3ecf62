import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { smallDisk } from '../adapters/conformance/small-disk.ts'
import { type Address, startChild } from './testing/child-server.ts'
import { faultsOf, gather, settled } from './testing/evidence.ts'
import { seededRandom } from './testing/random.ts'
import { Senders } from './testing/senders.ts'

const diskMb = 260
const disk = await smallDisk(diskMb)
const missing = typeof disk === 'string' ? ` (skipped: ${disk})` : ''

describe.skipIf(typeof disk === 'string')(`a disk that is full${missing}`, () => {
  it('refuses events in words, loses none that it took, and goes on once there is room', {
    timeout: 240_000,
  }, async () => {
    if (typeof disk === 'string') return
    const dataDir = join(disk.folder, 'data')
    let child = startChild(dataDir, { WATCHFLOOR_DETECTIONS_CHECKPOINT_SECONDS: '1' })
    let address: Address | undefined
    const senders = new Senders({ senders: 3, random: seededRandom(5), where: () => address, pauseMs: 5 })
    const { ledger } = senders
    try {
      address = await child.address
      senders.start()
      await sleep(1000)
      const filler = join(disk.folder, 'filler')
      // Takes what is left, like any other program on that disk.
      await writeFile(filler, Buffer.alloc(diskMb * 1024 * 1024)).catch(() => {})
      for (let waits = 0; (ledger.answers.get(507) ?? 0) < 5 && waits < 400; waits++) await sleep(50)
      const refused = [...ledger.answers].filter(([status]) => status !== 202)
      expect(ledger.answers.get(507) ?? 0, JSON.stringify(refused)).toBeGreaterThan(0)
      const takenWhileFull = ledger.acknowledged.length
      await sleep(1500)
      await rm(filler)
      for (let waits = 0; ledger.acknowledged.length < takenWhileFull + 20 && waits < 600; waits++) await sleep(50)
      expect(ledger.acknowledged.length).toBeGreaterThan(takenWhileFull)
      await senders.stop()
      await settled(address, ledger)
      expect(faultsOf(await gather(address), ledger).filter(ofEvents)).toEqual([])

      await writeFile(filler, Buffer.alloc(diskMb * 1024 * 1024)).catch(() => {})
      await child.kill()
      address = undefined
      await rm(filler)
      child = startChild(dataDir)
      address = await child.address
      await settled(address, ledger)
      expect(faultsOf(await gather(address), ledger).filter(ofEvents)).toEqual([])
    } catch (error) {
      console.info(child.lines.slice(-40).join('\n'))
      throw error
    } finally {
      await child.kill()
      await disk.remove()
    }
  })
})

/** No rules run here. */
const ofEvents = (fault: string): boolean => !fault.startsWith('rule ')
