import { describe, expect, it } from 'vitest'
import { memoryLog } from './memory-log.ts'
import { createLog, type LogOptions } from './pino-log.ts'
import { prettyLine } from './pretty.ts'
import { isSecretName } from './redact.ts'

function captured(options: LogOptions = {}) {
  const text: string[] = []
  const log = createLog({ ...options, write: (line) => void text.push(line) })
  return { log, text, lines: () => text.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

describe('the log', () => {
  it('writes one JSON line each, with level, time and fields', () => {
    const { log, lines } = captured({ fields: { process: 'api' } })
    log.child({ module: 'alerts' }).info('saved', { alertId: 'a1', durationMs: 3 })
    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        process: 'api',
        module: 'alerts',
        message: 'saved',
        alertId: 'a1',
        durationMs: 3,
      },
    ])
  })

  it('leaves out what is below its level', () => {
    const { log, text } = captured({ level: 'warn' })
    log.info('no')
    log.warn('yes')
    expect(text).toHaveLength(1)
  })

  it('writes errors with stack and causes, and survives what JSON cannot say', () => {
    const { log, lines } = captured()
    const circle: Record<string, unknown> = { count: 5n, bytes: new Uint8Array(3), when: new Date(Number.NaN) }
    circle.self = circle
    log.error('failed', { error: new TypeError('outer', { cause: new Error('inner') }), circle })
    const [line] = lines()
    expect(line).toMatchObject({
      error: {
        type: 'TypeError',
        message: 'outer',
        stack: expect.stringContaining('log.test.ts'),
        cause: { message: 'inner' },
      },
      circle: { count: '5', bytes: '[3 bytes]', when: 'invalid date' },
    })
  })

  it.each([createLog, memoryLog])('masks secrets by the names of their fields, however deep', (make) => {
    const text: string[] = []
    const memory = make === memoryLog ? memoryLog() : undefined
    const log = memory ?? createLog({ write: (line) => void text.push(line) })
    const secrets = { password: 'hunter2', nested: [{ apiKey: 'hunter2', 'set-cookie': ['hunter2'] }] }
    log.info('x', { ...secrets, error: Object.assign(new Error('e'), { refresh_token: 'hunter2' }), keyId: 'k1' })
    log.child({ authorization: 'Bearer hunter2' }).info('y')
    const all = memory ? JSON.stringify(memory.lines) : text.join('')
    expect(all).not.toContain('hunter2')
    expect(all).toContain('"keyId":"k1"')
  })

  it.each(['password', 'newPassword', 'API_KEY', 'x-api-key', 'accessTokens', 'Cookie', 'masterKey', 'client secret'])(
    'takes %s for a secret',
    (name) => expect(isSecretName(name)).toBe(true),
  )
  it.each(['keyId', 'tokenCount', 'monkey', 'passwordChangedAt', 'publicKey', 'idempotencyKey', ''])(
    'takes %s for none',
    (name) => expect(isSecretName(name)).toBe(false),
  )
})

describe('a readable line', () => {
  it('has time, level, message and fields, and stacks below', () => {
    const json = JSON.stringify({
      level: 'warn',
      time: '2026-01-02T03:04:05.000Z',
      message: 'late',
      feed: 'a b',
      count: 2,
      error: { type: 'Error', message: 'm', stack: 'Error: m\n  at x' },
    })
    const line = prettyLine(json, { colour: false })
    expect(line).toMatch(/^\d\d:\d\d:05 WARN {2}late {2}feed="a b" count=2 error="Error: m"\n {4}Error: m\n {6}at x$/)
  })

  it('comes out of a pretty log, and what is no log line stays as it is', () => {
    const { log, text } = captured({ pretty: true })
    log.info('hello', { n: 1 })
    expect(text).toEqual([expect.stringMatching(/INFO {2}hello {2}n=1\n$/)])
    expect(prettyLine('plain', { colour: true })).toBe('plain')
  })
})
