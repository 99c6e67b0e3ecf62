export { withShortRepeats } from './repeats.ts'
export { MAX_WRITTEN_OUT, writtenOutSize } from './size.ts'
