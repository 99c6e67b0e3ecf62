import { Search } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Kbd } from './kbd.tsx'

/** A text filter that waits until somebody pauses typing. `/` goes to it, Esc leaves it. */
export function SearchField({
  label,
  value,
  onChange,
  className,
  keyHint = true,
}: {
  label: string
  value: string
  onChange: (value: string) => void
  className?: string
  /** Off for a second field of a page, to which `/` does not go. */
  keyHint?: boolean
}) {
  const [text, setText] = useState(value)
  const input = useRef<HTMLInputElement>(null)
  const sent = useRef(value)
  useEffect(() => {
    if (value !== sent.current) setText(value)
    sent.current = value
  }, [value])
  useEffect(() => {
    if (text === sent.current) return
    const timer = setTimeout(() => {
      sent.current = text
      onChange(text)
    }, 250)
    return () => clearTimeout(timer)
  }, [text, onChange])
  return (
    <div className={`relative ${className ?? 'w-full md:w-72'}`}>
      <Search
        size={14}
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2 -translate-y-1/2 text-text-3"
      />
      <input
        ref={input}
        type="search"
        data-filter
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.preventDefault()
            if (text !== '') setText('')
            else input.current?.blur()
          }
        }}
        className="field h-7! pr-8! pl-7! text-12"
      />
      {keyHint && text === '' && (
        <span className="pointer-events-none absolute top-1/2 right-1.5 -translate-y-1/2">
          <Kbd keys="/" />
        </span>
      )}
    </div>
  )
}
