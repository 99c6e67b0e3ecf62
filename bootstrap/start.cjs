'use strict'
const { spawn } = require('child_process')
const os = require('os')
const path = require('path')
const { userCache } = require('./places.cjs')

/** The caller's environment without what npm tells its scripts, with our Node first and compiled code kept. */
function programEnvironment(node) {
  const env = {}
  for (const name of Object.keys(process.env)) if (!/^(npm_|INIT_CWD$|NODE$)/i.test(name)) env[name] = process.env[name]
  env.PATH = [path.dirname(node.program), env.PATH].join(path.delimiter)
  if (!env.NODE_COMPILE_CACHE) env.NODE_COMPILE_CACHE = path.join(userCache, `compiled-${node.version}`)
  // The event store runs its searches on these threads, beside file and name look-ups; four are too few.
  if (!env.UV_THREADPOOL_SIZE) env.UV_THREADPOOL_SIZE = '16'
  // glibc keeps freed memory apart for every thread; with ours that comes to hundreds of megabytes nobody uses.
  if (!env.MALLOC_ARENA_MAX) env.MALLOC_ARENA_MAX = '2'
  return env
}

/** Node up to 24.2 says on every start that running TypeScript is new. */
const flagsFor = (node) => (/^v24\.[0-2]\./.test(node.version) ? ['--disable-warning=ExperimentalWarning'] : [])

const lookForParentEveryMs = 250

/** Starts the program and stands in front of it: passes signals on, and ends as it ends. */
function startProgram(node, file, args, cwd) {
  const env = programEnvironment(node)
  passThrough(spawn(node.program, [...flagsFor(node), file, ...args], { cwd, env, stdio: 'inherit' }))
}

function passThrough(child) {
  // A terminal sends Ctrl+C to the program itself; passing it on would be a second one.
  const terminal = process.stdin.isTTY || process.stdout.isTTY
  process.on('SIGINT', () => {
    if (!terminal) child.kill('SIGINT')
  })
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  endWithShell(child)
  child.on('error', (error) => {
    process.stderr.write(`watchfloor: could not start the program: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code === null ? 1 : code)
    // End as the program did, so that the caller sees the signal. Where that does not end us, the shell's convention does.
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
    setTimeout(() => process.exit(128 + (os.constants.signals[signal] || 0)), 100)
  })
}

/** npm runs us in a shell, and a signal to npm reaches that shell alone, which dies of it: then the program has to end too. */
function endWithShell(child) {
  if (!process.env.npm_lifecycle_event || process.platform === 'win32') return
  const shell = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(timer)
    child.kill('SIGTERM')
  }, lookForParentEveryMs)
}

module.exports = { programEnvironment, startProgram }
