import { type ComponentProps, type ReactNode, useId } from 'react'

/** A labelled field with its hint and its error; the child gets the id to bind to. */
export function Field({
  label,
  hint,
  error,
  children,
}: {
  label: string
  hint?: string | undefined
  error?: string | undefined
  children: (props: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode
}) {
  const id = useId()
  const noteId = `${id}n`
  const note = error ?? hint
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block text-12 font-medium text-text-2">
        {label}
      </label>
      {children({ id, ...(note && { 'aria-describedby': noteId }), ...(error && { 'aria-invalid': true as const }) })}
      {note && (
        <p id={noteId} className={error ? 'mt-1 text-12 text-bad' : 'mt-1 text-12 text-text-3'}>
          {note}
        </p>
      )}
    </div>
  )
}

/** A labelled line to type into. */
export function TextField({
  label,
  hint,
  error,
  look = '',
  onChange,
  ...input
}: {
  label: string
  hint?: string | undefined
  error?: string | undefined
  /** Classes beyond those every field has. */
  look?: string
  onChange: (text: string) => void
} & Omit<ComponentProps<'input'>, 'id' | 'className' | 'onChange'>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(props) => (
        <input
          {...props}
          {...input}
          className={`field ${look}`.trimEnd()}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}

/** A switch with its words. */
export function Toggle({
  label,
  checked,
  onChange,
  disabled = false,
}: {
  label: string
  checked: boolean
  onChange: (checked: boolean) => void
  disabled?: boolean
}) {
  return (
    <label className="inline-flex items-center gap-2 align-middle">
      <input
        type="checkbox"
        role="switch"
        aria-checked={checked}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
        className="relative h-4 w-7 shrink-0 cursor-pointer appearance-none rounded-full border border-line-strong bg-surface-3 transition-colors before:absolute before:top-px before:left-px before:size-3 before:rounded-full before:bg-text-3 before:transition-transform checked:border-accent checked:bg-accent checked:before:translate-x-3 checked:before:bg-on-accent disabled:opacity-50"
      />
      {label}
    </label>
  )
}
