import { AssignDialog } from './assign-dialog.tsx'
import { CloseDialog } from './close-dialog.tsx'
import type { Triage } from './triage-keys.ts'

/** What triage asks before it closes or hands over; loaded when first asked. */
export default function TriageDialogs({ triage, count }: { triage: Triage; count: number }) {
  const cancel = () => triage.openDialog(null)
  return triage.dialog === 'close' ? (
    <CloseDialog open count={count} onCancel={cancel} onClose={triage.close} />
  ) : (
    <AssignDialog open={triage.dialog === 'assign'} onCancel={cancel} onAssign={triage.assign} />
  )
}
