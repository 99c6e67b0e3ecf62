import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { settled } from './floor/every-page.ts'
import { makeFloor } from './floor/made-floor.ts'
import { openFloor } from './floor.ts'

const floor = openFloor()

beforeAll(async () => {
  await makeFloor(floor.api, Date.now())
})

/** From the request to everything on screen, with an empty cache. */
async function firstLoad(
  page: Page,
  path: string,
): Promise<{ readyMs: number; javaScriptGzipBytes: number; requests: number }> {
  const scripts: Promise<number>[] = []
  let requests = 0
  page.on('response', (response) => {
    requests++
    if (/\.js$/.test(new URL(response.url()).pathname))
      scripts.push(response.body().then((body) => gzipSync(body).byteLength))
  })
  const begun = performance.now()
  await page.goto(path)
  await settled(page)
  const readyMs = Math.round(performance.now() - begun)
  const sizes = await Promise.all(scripts)
  return { readyMs, javaScriptGzipBytes: sizes.reduce((sum, size) => sum + size, 0), requests }
}

it('shows overview and triage soon, and says how soon', async () => {
  const storageState = await (await floor.administratorAt('/')).context().storageState()
  const measured: Record<string, unknown> = {}
  for (const [name, path] of [
    ['overview', '/'],
    ['triage', '/alerts'],
  ] as const) {
    const runs = []
    for (let run = 0; run < 3; run++) runs.push(await firstLoad(await floor.browserWindow({ storageState }), path))
    runs.sort((a, b) => a.readyMs - b.readyMs)
    measured[name] = runs[1]
    // Generous: other programs share the machine that runs this.
    expect(runs[1]?.readyMs).toBeLessThan(5000)
    expect(runs[1]?.javaScriptGzipBytes).toBeLessThan(400_000)
  }
  console.log(JSON.stringify({ firstLoad: measured }))
})
