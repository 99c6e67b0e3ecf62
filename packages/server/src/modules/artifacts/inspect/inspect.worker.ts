import { serveTasks } from '../../../platform/threads/serve.ts'
import { type InspectedFile, inspect } from './inspect.ts'

export interface InspectTask {
  readonly bytes: Uint8Array
  readonly name: string
}

serveTasks<InspectTask, InspectedFile[]>(({ bytes, name }) => ({
  value: inspect(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), name),
}))
