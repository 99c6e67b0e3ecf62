import { expect, it } from 'vitest'
import { InFlight } from './in-flight.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

it('runs no more at once than it may', async () => {
  const flight = new InFlight(3)
  let running = 0
  let most = 0
  for (let n = 0; n < 20; n++)
    await flight.start(async () => {
      most = Math.max(most, ++running)
      await turn()
      running--
    })
  await flight.finish()
  expect(most).toBe(3)
  expect(running).toBe(0)
})

it('takes nothing more after a failure, and says it again in the end', async () => {
  const flight = new InFlight(1)
  let started = 0
  const fail = async () => {
    started++
    throw new Error('full')
  }
  await flight.start(fail)
  await expect(flight.start(fail)).rejects.toThrow('full')
  await expect(flight.finish()).rejects.toThrow('full')
  expect(started).toBe(1)
})
