export interface BlobInfo {
  /** SHA-256 of the content, hex: the same bytes are kept once. */
  readonly sha256: string
  readonly sizeBytes: number
}

/** Encrypted storage for whole files: artifacts, evidence, reports. Written aside and moved into place, so never half there. */
export interface Blobs {
  /** @error BODY_TOO_LARGE past `maxBytes` (nothing is kept) · STORAGE_FULL */
  put(content: AsyncIterable<Uint8Array> | Uint8Array, options: { maxBytes: number }): Promise<BlobInfo>
  /** Decrypted stream; a changed file fails while being read, it never yields wrong bytes silently. */
  get(sha256: string): Promise<{ info: BlobInfo; content: AsyncIterable<Uint8Array> } | undefined>
  has(sha256: string): Promise<boolean>
  delete(sha256: string): Promise<void>
  list(): AsyncIterable<BlobInfo>
  ping(): Promise<void>
}
