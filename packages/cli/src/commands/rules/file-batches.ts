import type { RuleFile } from '../../input/rule-files.ts'

const batchFiles = 250
const batchCharacters = 4_000_000

/** Files in portions that the server takes at once. */
export function* fileBatches(files: readonly RuleFile[]): Generator<RuleFile[]> {
  let batch: RuleFile[] = []
  let characters = 0
  for (const file of files) {
    if (batch.length >= batchFiles || (batch.length > 0 && characters + file.text.length > batchCharacters)) {
      yield batch
      batch = []
      characters = 0
    }
    batch.push(file)
    characters += file.text.length
  }
  if (batch.length > 0) yield batch
}
