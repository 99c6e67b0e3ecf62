/** A file chosen for an import. */
export interface ImportFile {
  readonly path: string
  readonly text: string
}

export const maxFileChars = 1_000_000
const maxBatchFiles = 200
const maxBatchChars = 4_000_000

export const isYaml = (path: string): boolean => /\.ya?ml$/i.test(path)

/** Batches that the server takes: bounded in files and in size. */
export function batchesOf(files: readonly ImportFile[]): ImportFile[][] {
  const batches: ImportFile[][] = []
  let batch: ImportFile[] = []
  let chars = 0
  for (const file of files) {
    if (batch.length > 0 && (batch.length >= maxBatchFiles || chars + file.text.length > maxBatchChars)) {
      batches.push(batch)
      batch = []
      chars = 0
    }
    batch.push(file)
    chars += file.text.length
  }
  if (batch.length > 0) batches.push(batch)
  return batches
}

/** Files of a drop, with everything in dropped folders. */
export async function filesOfDrop(items: DataTransferItemList): Promise<{ path: string; file: File }[]> {
  // The list is emptied as soon as the event has been handled, so the entries are taken out first.
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  const found: { path: string; file: File }[] = []
  for (const entry of entries) await walk(entry, found)
  return found
}

/** More than any rule set has; a dropped disk must not fill the browser's memory. */
const maxFiles = 50_000

async function walk(entry: FileSystemEntry, found: { path: string; file: File }[]): Promise<void> {
  if (found.length >= maxFiles) return
  if (isFileEntry(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    found.push({ path: entry.fullPath.replace(/^\//, ''), file })
    return
  }
  if (!isDirectoryEntry(entry)) return
  const reader = entry.createReader()
  for (;;) {
    const children = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (children.length === 0) return
    for (const child of children) await walk(child, found)
  }
}

const isFileEntry = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isDirectoryEntry = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory

/** Files of a file field; a chosen folder gives paths within it. */
export const filesOfInput = (list: FileList): { path: string; file: File }[] =>
  [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }))
