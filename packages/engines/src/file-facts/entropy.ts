/** Shannon entropy in bits per byte, 0 (all bytes alike) to 8 (noise: packed or encrypted). */
export function entropyOf(bytes: Uint8Array): number {
  if (bytes.length === 0) return 0
  const counts = new Uint32Array(256)
  for (let at = 0; at < bytes.length; at++) counts[bytes[at]!]!++
  let entropy = 0
  for (const count of counts) {
    if (count === 0) continue
    const share = count / bytes.length
    entropy -= share * Math.log2(share)
  }
  return Math.round(entropy * 1000) / 1000
}

const leastLength = 6

/** Runs of at least six printable ASCII characters. */
export function countStrings(bytes: Uint8Array): number {
  let count = 0
  let run = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte >= 0x20 && byte < 0x7f) {
      if (++run === leastLength) count++
    } else run = 0
  }
  return count
}
