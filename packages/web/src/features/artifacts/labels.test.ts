import { expect, it } from 'vitest'
import { labelsOf } from './labels.ts'

it.each([
  ['', []],
  [' a , b;c\nd,, ', ['a', 'b', 'c', 'd']],
  ['to be looked at, rivers, rivers', ['to be looked at', 'rivers']],
])('reads "%s" as labels', (text, labels) => expect(labelsOf(text)).toEqual(labels))
