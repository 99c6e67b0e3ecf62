import { describe, expect, it } from 'vitest'
import { programName } from './program-name.ts'

describe('programs that are signed in', () => {
  it('are named when known', () => {
    expect(programName('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe('Firefox, Linux')
    expect(programName('node')).toBeNull()
  })
})
