import type { HuntRunState } from '@watchfloor/contracts/hunts'
import { Ban, CircleCheck, CirclePause, CircleX, Hourglass, LoaderCircle, type LucideIcon } from 'lucide-react'
import type { ComponentProps } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip } from '../../ui/chip.tsx'

const looks: Record<
  HuntRunState,
  { icon: LucideIcon; tone: NonNullable<ComponentProps<typeof Chip>['tone']>; turns?: true }
> = {
  queued: { icon: Hourglass, tone: 'plain' },
  running: { icon: LoaderCircle, tone: 'accent', turns: true },
  paused: { icon: CirclePause, tone: 'warn' },
  done: { icon: CircleCheck, tone: 'good' },
  failed: { icon: CircleX, tone: 'bad' },
  cancelled: { icon: Ban, tone: 'plain' },
}

/** The state of a run, with its sign and its word. */
export function RunState({ state }: { state: HuntRunState }) {
  const { t } = useTranslation('hunts')
  const { icon: Icon, tone, turns } = looks[state]
  return (
    <Chip tone={tone} icon={<Icon size={12} aria-hidden className={turns && 'motion-safe:animate-spin'} />}>
      {t(`state.${state}`)}
    </Chip>
  )
}
