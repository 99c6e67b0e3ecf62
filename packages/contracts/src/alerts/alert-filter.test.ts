import { describe, expect, it } from 'vitest'
import { alertFilter } from './index.ts'

describe('the filter of alerts', () => {
  it.each(['new', 'new,closed', ' new , in-progress ', ''])('takes statuses "%s"', (status) =>
    expect(alertFilter.safeParse({ status }).success).toBe(true),
  )

  it.each([{ status: 'foo' }, { status: 'new,foo' }, { severity: 'worst' }])(
    'refuses %j, and names what there is',
    (filter) =>
      expect(alertFilter.safeParse(filter).error?.issues[0]?.message).toMatch(/^one or more of (new|informational), /),
  )
})
