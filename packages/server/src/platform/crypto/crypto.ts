/**
 * Envelope encryption: a master key wraps data keys, data keys encrypt. Rotating the master key rewraps the data keys;
 * rotating a data key makes a new one for what is written from then on. Old ones stay readable.
 */
export interface Crypto {
  /** AES-256-GCM. `context` is bound to the ciphertext (additional data), e.g. `settings/smtp.password`; the same must be given to open it. */
  seal(plain: Uint8Array, context: string): Promise<Uint8Array>
  /** @throws when the bytes were changed, the context differs, or the key is unknown */
  open(sealed: Uint8Array, context: string): Promise<Uint8Array>
  sealText(plain: string, context: string): Promise<string>
  openText(sealed: string, context: string): Promise<string>
  /** A key derived for one purpose (HKDF-SHA-256 of a root secret that the master key wraps), e.g. `jwt`, `audit-chain`. Rotation does not change it. */
  derive(purpose: string, lengthBytes: number): Promise<Uint8Array>
  /** Makes a new data key current. */
  rotateDataKey(): Promise<{ keyId: string }>
  /** Rewraps every data key with a new master key and returns when the old one is no longer needed. */
  rotateMasterKey(newMasterKey: Uint8Array): Promise<void>
}
