import { useTranslation } from 'react-i18next'
import { Dialog } from '../../ui/dialog.tsx'
import { isMac } from '../../ui/kbd.tsx'
import { type Shortcut, useActiveShortcuts } from '../../ui/keyboard/keyboard.tsx'
import { keyCaps } from '../../ui/keyboard/keys.ts'

/** Every key that works on this page. */
export default function ShortcutHelp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('app')
  const groups = Map.groupBy(useActiveShortcuts(), (shortcut) => shortcut.group)
  return (
    <Dialog open onClose={onClose} title={t('keys.title')} width="max-w-2xl">
      <div className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
        {[...groups].map(([group, shortcuts]) => (
          <section key={group}>
            <h3 className="mb-1 text-12 font-semibold text-text-3">{group}</h3>
            <ul>
              {shortcuts.map((shortcut) => (
                <Line key={shortcut.keys} shortcut={shortcut} />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

const Line = ({ shortcut }: { shortcut: Shortcut }) => (
  <li className="flex h-7 items-center justify-between gap-4">
    <span className="truncate">{shortcut.label}</span>
    <span className="flex shrink-0 gap-1">
      {keyCaps(shortcut.keys, isMac()).map((cap) => (
        <kbd key={cap} className="kbd">
          {cap}
        </kbd>
      ))}
    </span>
  </li>
)
