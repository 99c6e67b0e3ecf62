import { describe, expect, it } from 'vitest'
import { newlineAt } from './yaml-newline.ts'

const after = (text: string): number => newlineAt(text, text.length).length - 1

describe('Enter in YAML', () => {
  it.each([
    ['title: x', 0],
    ['detection:', 2],
    ['detection: # what is looked for', 2],
    ['detection:\n  sel:', 4],
    ['detection:\n  sel:\n    Image: x', 4],
    ['detection:\n    sel:', 8],
    ['description: |', 2],
    ['description: >-', 2],
    ['tags:\n  - attack.execution', 2],
    ['sel:\n  - Image: x', 4],
    ['sel:\n  - Image|contains:', 6],
    ["refs:\n  - 'https://example.org/a: b'", 2],
    ['# a remark:', 0],
    ['', 0],
  ])('after %j begins the line with %i spaces', (text, spaces) => {
    expect(after(text)).toBe(spaces)
  })

  it('looks at the line up to the cursor', () => {
    const text = 'a:\n  b: c\nd: e'
    expect(newlineAt(text, 2)).toBe('\n  ')
    expect(newlineAt(text, 9)).toBe('\n  ')
    expect(newlineAt(text, 0)).toBe('\n')
  })
})
