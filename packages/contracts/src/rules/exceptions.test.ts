import { describe, expect, it } from 'vitest'
import { exceptionCondition } from './exceptions.ts'

describe('the condition of an exception', () => {
  it.each(['User', 'winlog.event_data.User', 'Threat Name', 'Straße', '7'])('names a field: %s', (field) => {
    expect(exceptionCondition.parse({ field, op: 'equals', value: 'x' })).toMatchObject({ field })
  })
  it.each(['', ' ', 'User|neq', '|re', 'a\nb', 'a\u0000'])('is refused for the field %j', (field) => {
    expect(exceptionCondition.safeParse({ field, op: 'equals', value: 'x' }).success).toBe(false)
  })
})
