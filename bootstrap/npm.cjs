'use strict'
const fs = require('fs')
const path = require('path')
const { runLogged } = require('./logged.cjs')

/** npm's own program file, so that it can be run by a Node of our choice; null when only the command `npm` is known. */
function npmProgram() {
  const told = process.env.npm_execpath
  const beside = path.dirname(process.execPath)
  const candidates = [
    told && path.join(path.dirname(told), 'npm-cli.js'),
    path.join(beside, '../lib/node_modules/npm/bin/npm-cli.js'),
    path.join(beside, 'node_modules/npm/bin/npm-cli.js'),
    ...String(process.env.PATH || '')
      .split(path.delimiter)
      .map((folder) => path.join(folder, 'npm')),
  ]
  for (const candidate of candidates) {
    if (!candidate || !fs.existsSync(candidate)) continue
    const real = fs.realpathSync(candidate)
    if (path.basename(real) === 'npm-cli.js') return real
  }
  return null
}

// What `npm run` hands down about itself and would bend another npm: its folder, its verbosity, its workspace.
const bending =
  /^npm_(lifecycle_.*|package_.*|command|config_(local_prefix|global_prefix|prefix|workspace|workspaces|include_workspace_root|loglevel|silent|json|omit|only|production|dry_run|node_gyp|if_present|nodedir))$/i

/** The caller's environment for an npm of our own: registry, cache and proxy settings stay. */
function npmEnvironment(extra) {
  const env = {}
  for (const name of Object.keys(process.env)) if (!bending.test(name)) env[name] = process.env[name]
  return Object.assign(env, extra)
}

/** Runs npm: under Node `options.node`, else under the one that npm itself came with. */
function runNpm(args, options) {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--no-progress', '--color=false']
  const node = options.node || process.env.npm_node_execpath
  const program = node && npmProgram()
  if (program) return runLogged(node, [program, ...args, ...quiet], options)
  return runLogged('npm', [...args, ...quiet], Object.assign({ shell: process.platform === 'win32' }, options))
}

module.exports = { npmEnvironment, runNpm }
