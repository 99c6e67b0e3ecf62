'use strict'
// Everything here goes to stderr: stdout belongs to the program that is about to start.

const plainEveryMs = 10000
const drawEveryMs = 120
const barWidth = 24
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

const say = (text) => process.stderr.write(`watchfloor: ${text}\n`)

/**
 * Shows one long step: a spinner or a bar on a terminal, a line now and then elsewhere.
 * `advance({ done, total })` moves the bar; `end(text)` and `fail()` take it away.
 */
function showProgress(title) {
  const startedMs = Date.now()
  const terminal = Boolean(process.stderr.isTTY) && process.env.TERM !== 'dumb' && !process.env.CI
  let state = { done: 0, total: 0 }
  let drawn = 0
  const seconds = () => ((Date.now() - startedMs) / 1000).toFixed(terminal ? 1 : 0)
  const counted = () => (state.total ? ` ${Math.min(state.done, state.total)} of ${state.total}` : '')

  function draw() {
    const frame = frames[drawn++ % frames.length]
    const filled = state.total ? Math.floor((barWidth * Math.min(state.done, state.total)) / state.total) : 0
    const bar = state.total ? ` ${'━'.repeat(filled)}${'─'.repeat(barWidth - filled)}` : ''
    process.stderr.write(`\r\x1b[K${frame} ${title}${bar}${counted()} · ${seconds()} s`)
  }
  if (!terminal) say(`${title} …`)
  const timer = setInterval(
    terminal ? draw : () => say(`${title} …${counted()} (${seconds()} s)`),
    terminal ? drawEveryMs : plainEveryMs,
  )
  function stop() {
    clearInterval(timer)
    if (terminal) process.stderr.write('\r\x1b[K')
  }
  return {
    advance(next) {
      state = next
    },
    end(text) {
      stop()
      say(`${text} (${seconds()} s)`)
    },
    fail() {
      stop()
    },
  }
}

module.exports = { say, showProgress }
