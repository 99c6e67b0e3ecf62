const signals = ['SIGINT', 'SIGTERM'] as const

/** What started the program often hands on the same key press once more. */
const sameMs = 500

/**
 * Calls when somebody wants the command to end, by Ctrl-C or from outside.
 * @returns what gives the signals back
 */
export function onInterrupt(call: () => void): () => void {
  let lastMs = Number.NEGATIVE_INFINITY
  const interrupt = (): void => {
    const isSame = performance.now() - lastMs < sameMs
    if (isSame) return
    lastMs = performance.now()
    call()
  }
  for (const name of signals) process.on(name, interrupt)
  return () => {
    for (const name of signals) process.off(name, interrupt)
  }
}
