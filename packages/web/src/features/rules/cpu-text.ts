/** CPU time for a person: `0`, `<1 ms`, `840 ms`, `12.4 s`, `3.1 min`. */
export function cpuText(ms: number): string {
  if (ms === 0) return '0'
  if (ms < 1) return '<1 ms'
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${(ms / 60_000).toFixed(1)} min`
}
