import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { brokenLinks } from './links.ts'

const folder = mkdtempSync(join(tmpdir(), 'watchfloor-links-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('links of the documentation', () => {
  it('must lead to a file and to a heading that are there', () => {
    writeFileSync(join(folder, 'b.md'), '# Where do I change …\n')
    writeFileSync(
      join(folder, 'a.md'),
      [
        '[file](b.md) [heading](b.md#where-do-i-change-) ![picture](gone.png)',
        '[away](https://example.org) `[code](no.md)`',
        '[lost](b.md#nowhere)',
      ].join('\n'),
    )
    expect(brokenLinks(folder)).toEqual({
      pages: 2,
      links: 4,
      broken: [
        { where: 'a.md:1', target: 'gone.png' },
        { where: 'a.md:3', target: 'b.md#nowhere' },
      ],
    })
  })
})
