import { clsx } from 'clsx'
import { keyCaps } from './keyboard/keys.ts'

/** Keys as caps; decoration, since the same is in the shortcut list. */
export function Kbd({ keys, quiet = false }: { keys: string; quiet?: boolean }) {
  return (
    <span aria-hidden className="ml-0.5 hidden gap-0.5 md:inline-flex">
      {keyCaps(keys, isMac()).map((cap, index) => (
        <kbd
          // biome-ignore lint/suspicious/noArrayIndexKey: caps never change places
          key={index}
          className={clsx('kbd', quiet && 'border-current! bg-transparent! text-current!')}
        >
          {cap}
        </kbd>
      ))}
    </span>
  )
}

export const isMac = (): boolean => /mac|iphone|ipad/i.test(navigator.userAgent)
