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
  return env
}

/** Node up to 24.2 says on every start that running TypeScript is new. */
const flagsFor = (node) => (/^v24\.[0-2]\./.test(node.version) ? ['--disable-warning=ExperimentalWarning'] : [])

/** Becomes the program where the system and this Node can do that; otherwise stands in front of it, passing signals and its end. */
function startProgram(node, file, args, cwd) {
  const argv = [...flagsFor(node), file, ...args]
  const env = programEnvironment(node)
  process.chdir(cwd)
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.execve(node.program, [node.program, ...argv], env)
    return
  }
  passThrough(spawn(node.program, argv, { env, stdio: 'inherit' }))
}

function passThrough(child) {
  // A terminal sends Ctrl+C to the program itself; passing it on would be a second one.
  const terminal = process.stdin.isTTY || process.stdout.isTTY
  process.on('SIGINT', () => {
    if (!terminal) child.kill('SIGINT')
  })
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
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

module.exports = { programEnvironment, startProgram }
