import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { echoRoute, testServer } from './testing.ts'

const webRoot = mkdtempSync(join(tmpdir(), 'watchfloor-web-'))
mkdirSync(join(webRoot, 'assets'))
writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>page</title>')
writeFileSync(join(webRoot, 'assets', 'main-Ab12.js'), 'export {}')
writeFileSync(join(webRoot, '.secret'), 'no')
afterAll(() => rmSync(webRoot, { recursive: true }))

describe('the interface', () => {
  const { server } = testServer([echoRoute], { webRoot })

  it.each(['/', '/assets', '/alerts', '/alerts/a1?tab=events'])(
    'answers %s with its first page, asked for anew',
    async (url) => {
      const answer = await server.inject(url)
      expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-cache'])
      expect(answer.body).toContain('<title>page</title>')
    },
  )

  it('keeps hashed files for ever', async () => {
    const answer = await server.inject('/assets/main-Ab12.js')
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(answer.headers['content-type']).toContain('javascript')
  })

  it.each(['/assets/gone.js', '/.secret', '/../../etc/passwd.txt', '/%2e%2e/%2e%2e/etc/passwd.txt', '/api/v1/gone'])(
    'answers %s as not found',
    async (url) => {
      const answer = await server.inject(url)
      expect(answer.json()).toMatchObject({ code: 'NOT_FOUND' })
    },
  )

  it('says how to build it when it is not there', async () => {
    const answer = await testServer([echoRoute]).server.inject('/')
    expect(answer.body).toContain('npm run build')
  })
})
