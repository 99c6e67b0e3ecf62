import { serveTasks } from '../../../platform/threads/serve.ts'
import { type InspectedFile, inspect } from './inspect.ts'

export interface InspectTask {
  readonly bytes: Uint8Array
  readonly name: string
}

serveTasks<InspectTask, InspectedFile[]>(({ bytes, name }) => {
  const files = inspect(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), name).map((file) =>
    file.bytes === null ? file : { ...file, bytes: alone(file.bytes) },
  )
  // The bytes of unpacked files move; copying them would hold up whoever asked.
  const transfer = new Set(files.flatMap(({ bytes: unpacked }) => (unpacked ? [unpacked.buffer as ArrayBuffer] : [])))
  return { value: files, transfer: [...transfer] }
})

/** Small buffers share memory with others, and parts with their whole: those are copied, so that the memory of each can move. */
function alone(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes)
}
