'use strict'
const { spawn } = require('child_process')
const fs = require('fs')
const path = require('path')

const lastLines = 25

/**
 * Runs a program with its output in a log file. Resolves with `{ ok, tail }`; `tail` holds the last lines that matter.
 * `onText` sees what is printed, as it comes. The log stays when the program failed.
 */
function runLogged(command, args, options) {
  const { cwd, env, log, onText, shell } = options
  fs.mkdirSync(path.dirname(log), { recursive: true })
  const out = fs.openSync(log, 'w')
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, shell: Boolean(shell), stdio: ['ignore', 'pipe', 'pipe'] })
    const stop = (signal) => {
      child.kill(signal)
    }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, stop)
    const take = (chunk) => {
      fs.writeSync(out, chunk)
      if (onText) onText(String(chunk))
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    let failedToStart = ''
    child.on('error', (error) => {
      failedToStart = `${command}: ${error.message}`
      finish(1, null)
    })
    child.on('close', finish)
    let finished = false
    function finish(code, signal) {
      if (finished) return
      finished = true
      fs.closeSync(out)
      for (const name of signals) process.removeListener(name, stop)
      if (signal) process.exit(130)
      const ok = code === 0
      const tail = ok ? '' : failedToStart || tailOf(log)
      if (ok) fs.unlinkSync(log)
      resolve({ ok, tail })
    }
  })
}

/** Lines a person needs: not the requests that went well, nor npm's page of usage. */
function tailOf(log) {
  const lines = fs
    .readFileSync(log, 'utf8')
    .replace(/npm error Clean install a project[\s\S]*?npm error Run "npm help ci" for more info\n/, '')
    .split('\n')
    .filter((line) => line.trim() && !/^npm http (fetch|cache)/.test(line))
  return lines.slice(-lastLines).join('\n')
}

module.exports = { runLogged }
