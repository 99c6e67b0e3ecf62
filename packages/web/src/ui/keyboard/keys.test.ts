import { describe, expect, it } from 'vitest'
import { KeyMap, keyCaps, type Stroke, strokeName } from './keys.ts'

const stroke = (key: string, held: Partial<Stroke> = {}): Stroke => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
})
const idle = (nowMs = 0) => ({ typing: false, nowMs })
const binding = (keys: string, whileTyping = false) => ({ keys, run: () => {}, whileTyping })

describe('strokes', () => {
  it.each([
    [stroke('j'), 'j'],
    [stroke('?', { shiftKey: true }), '?'],
    [stroke('X', { shiftKey: true }), 'shift+x'],
    [stroke('k', { metaKey: true }), 'mod+k'],
    [stroke(' '), 'Space'],
    [stroke('Enter', { shiftKey: true }), 'shift+Enter'],
  ])('are named', (given, wanted) => expect(strokeName(given)).toBe(wanted))
  it('are drawn as caps', () => {
    expect(keyCaps('mod+k', true)).toEqual(['⌘', 'K'])
    expect(keyCaps('g t', false)).toEqual(['G', 'T'])
    expect(keyCaps('+', false)).toEqual(['+'])
  })
})

describe('the key map', () => {
  it('lets the newest layer win, and gives back what it hid', () => {
    const map = new KeyMap()
    const page = binding('e')
    const dialog = binding('e')
    map.push([page])
    const remove = map.push([dialog])
    expect(map.find(stroke('e'), idle())).toBe(dialog)
    remove()
    expect(map.find(stroke('e'), idle())).toBe(page)
  })
  it('waits for the second key of a sequence, for a moment', () => {
    const map = new KeyMap()
    const go = binding('g t')
    map.push([go])
    expect(map.find(stroke('g'), idle(0))).toBe('pending')
    expect(map.find(stroke('t'), idle(500))).toBe(go)
    expect(map.find(stroke('g'), idle(1000))).toBe('pending')
    expect(map.find(stroke('t'), idle(9000))).toBeNull()
  })
  it('keeps still while somebody types, save for what says otherwise', () => {
    const map = new KeyMap()
    const palette = binding('mod+k', true)
    map.push([binding('j'), palette])
    expect(map.find(stroke('j'), { typing: true, nowMs: 0 })).toBeNull()
    expect(map.find(stroke('k', { ctrlKey: true }), { typing: true, nowMs: 0 })).toBe(palette)
  })
})
