import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { seriousFindings } from './floor/accessibility.ts'
import { changeTheme, settled } from './floor/every-page.ts'
import { openFloor, shotsFolder } from './floor.ts'

const floor = openFloor()
const takesPictures = process.env.WATCHFLOOR_E2E_SHOTS === '1'

const rules = `rule River : water {
  meta: author = "ada" score = 80
  strings: $name = "mississippi" $part = /is{2}i/
  condition: any of them
}
rule Broken { condition: nowhere }`

async function picture(page: Page, name: string): Promise<void> {
  if (!takesPictures) return
  await mkdir(join(shotsFolder, 'artifacts'), { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    await changeTheme(page, colorScheme)
    await page.screenshot({ path: join(shotsFolder, 'artifacts', `${name}-${colorScheme}.png`) })
  }
}

/** A small Windows program: headers and one section. */
function program(): Buffer {
  const bytes = Buffer.alloc(1024)
  bytes.write('MZ')
  bytes.writeUInt32LE(0x80, 0x3c)
  bytes.write('PE\0\0', 0x80)
  bytes.writeUInt16LE(0x8664, 0x84)
  bytes.writeUInt16LE(1, 0x86)
  bytes.writeUInt16LE(240, 0x94)
  bytes.writeUInt16LE(0x20b, 0x98)
  bytes.write('.text', 0x188)
  bytes.writeUInt32LE(0x200, 0x188 + 16)
  bytes.writeUInt32LE(0x200, 0x188 + 20)
  bytes.write('the mississippi flows', 0x240)
  return bytes
}

it('says what would be there, before there is anything', async () => {
  const page = await floor.administratorAt('/artifacts')
  await page.getByText('No artifacts yet').waitFor()
  await picture(page, 'empty')
  await page.goto('/yara')
  await page.getByText('No YARA rules yet').waitFor()
  await picture(page, 'yara-empty')
})

it('imports YARA rules, and says which are wrong before', async () => {
  const page = await floor.administratorAt('/yara')
  await page.getByRole('button', { name: 'Import a set' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name of the set').fill('Rivers')
  await dialog.getByLabel('Or paste rules').fill(rules)
  await dialog.getByRole('button', { name: 'Check' }).click()
  await dialog.getByText('1 rule runs · 1 refused').waitFor()
  await dialog.getByText('unknown identifier').waitFor()
  await picture(page, 'yara-check')
  await dialog.getByRole('button', { name: 'Import' }).click()
  await dialog.waitFor({ state: 'detached' })
  const list = page.getByRole('list', { name: 'Rule sets' })
  await list.getByText('1 refused').waitFor()
  await list.getByRole('button', { name: 'What is wrong' }).click()
  await list.getByText('YARA_E009').waitFor()
  await picture(page, 'yara')
})

it('uploads files, shows what they are and where the rules matched, and gives them out packed', async () => {
  const page = await floor.administratorAt('/artifacts')
  await page.getByTestId('artifact-files').setInputFiles([
    { name: 'tool.exe', mimeType: 'application/octet-stream', buffer: program() },
    { name: 'notes.txt.gz', mimeType: 'application/gzip', buffer: gzipSync('nothing to see') },
  ])
  const grid = page.getByRole('grid', { name: 'Artifacts' })
  await grid.getByText('Windows program').waitFor()
  await grid.getByText('gzip-packed file').waitFor()
  await picture(page, 'list')
  await grid.getByRole('link', { name: 'tool.exe' }).click()
  await page.getByRole('heading', { name: 'River' }).waitFor()
  const bytes = page.getByRole('table', { name: 'Bytes around the string' })
  await bytes.getByText('00000240').waitFor()
  await page.getByRole('table', { name: 'Sections' }).getByText('.text').waitFor()
  await settled(page)
  await picture(page, 'artifact')
  expect(await seriousFindings(page)).toEqual([])

  await page.getByRole('button', { name: 'Take out' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /ZIP/ }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^[0-9a-f]{64}\.zip$/)
  const zip = await readFile(await download.path())
  expect(zip.subarray(0, 4).toString('latin1')).toBe('PK\x03\x04')
  expect(zip.includes('mississippi')).toBe(false)
})

it('labels a file, and finds it by its label', async () => {
  const page = await floor.administratorAt('/artifacts?q=tool')
  await page.getByRole('link', { name: 'tool.exe' }).click()
  const labels = page.getByRole('textbox', { name: 'Labels' })
  await labels.fill('rivers, to be looked at,rivers')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('link', { name: 'to be looked at' }).click()
  await page.getByRole('grid', { name: 'Artifacts' }).getByRole('link', { name: 'tool.exe' }).waitFor()
})

it('makes an alert of a match, says why, and makes no more where somebody says so', async () => {
  const page = await floor.administratorAt('/alerts')
  await page.getByRole('link', { name: 'YARA River in tool.exe' }).first().click()
  await page.getByRole('heading', { name: 'YARA River in tool.exe' }).waitFor()
  await page.getByText('Rivers, version 1 · pasted.yar').waitFor()
  await page.getByText('0x244').first().waitFor()
  await page.getByText('artifacts.yara').first().waitFor()
  await settled(page)
  await picture(page, 'alert')
  expect(await seriousFindings(page)).toEqual([])

  await page.getByRole('button', { name: 'No more alerts…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(/^the rule River on the file tool.exe/).check()
  await dialog.getByLabel('Why').fill('our own test file')
  await picture(page, 'silence')
  await dialog.getByRole('button', { name: 'Make no more' }).click()
  await dialog.waitFor({ state: 'detached' })

  await page.getByRole('link', { name: 'tool.exe', exact: true }).click()
  await page.getByText('no alerts', { exact: true }).waitFor()
  await page.getByRole('link', { name: /YARA River in tool\.exe/ }).waitFor()
  await settled(page)
  await picture(page, 'artifact-with-alert')

  await page.goto('/yara')
  await page.getByText('our own test file').waitFor()
  await settled(page)
  await picture(page, 'yara-exceptions')
  expect(await seriousFindings(page)).toEqual([])
  await page.getByRole('button', { name: 'Make alerts again' }).click()
  await page
    .getByRole('alertdialog')
    .or(page.getByRole('dialog'))
    .getByRole('button', { name: 'Make alerts again' })
    .click()
  await page.getByText('our own test file').waitFor({ state: 'detached' })
})

it('shows an artifact that is not there as such', async () => {
  floor.faults.expect(/^404 GET \/api\/v1\/artifacts\//)
  const page = await floor.administratorAt(`/artifacts/${'0'.repeat(64)}`)
  await page.getByRole('alert').first().waitFor()
  await picture(page, 'error')
})

it('deletes an artifact when its name is typed', async () => {
  const page = await floor.administratorAt('/artifacts?q=tool')
  await page.getByRole('link', { name: 'tool.exe' }).click()
  await page.getByRole('button', { name: 'Delete' }).click()
  const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog'))
  await dialog.getByRole('textbox').fill('tool.exe')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.waitForURL((url) => url.pathname === '/artifacts')
  await page.getByRole('link', { name: 'tool.exe' }).waitFor({ state: 'detached' })
})
