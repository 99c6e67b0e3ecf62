/** Where to go after signing in: a page of ours, or the overview. Anything that leads elsewhere is dropped. */
export function safeNext(next: string | undefined): string {
  if (
    !next?.startsWith('/') ||
    next.startsWith('//') ||
    next.includes('\\') ||
    next.startsWith('/login') ||
    next.startsWith('/setup')
  )
    return '/'
  return next
}
