'use strict'
const path = require('path')
const { findNode } = require('./node.cjs')
const { packagesStand } = require('./packages.cjs')
const { root } = require('./places.cjs')
const { startProgram } = require('./start.cjs')
const { tasks } = require('./tasks.cjs')
const { webStands } = require('./web.cjs')

// What is needed on the first run only is loaded on the first run only: a warm start passes through here in milliseconds.
async function prepare(needsWeb) {
  const node = findNode() || (await require('./fetch-node.cjs').fetchNode())
  if (!packagesStand(node)) await require('./install.cjs').installPackages(node)
  if (needsWeb && !webStands()) await require('./build-web.cjs').buildWeb(node)
  return node
}

/** Where the caller stands: npm moves its scripts to the root and tells where it was called. */
function callersFolder(taskName) {
  const underNpm = process.env.npm_lifecycle_event === taskName && process.env.INIT_CWD
  return underNpm || process.cwd()
}

/** Runs one task of `tasks.cjs` from whatever the clone lacks. */
async function main(taskName, args) {
  const task = Object.keys(tasks).includes(taskName) ? tasks[taskName] : undefined
  if (!task) {
    process.stderr.write(`watchfloor: no task "${taskName || ''}"; there are ${Object.keys(tasks).join(', ')}\n`)
    process.exit(2)
  }
  try {
    const node = await prepare(Boolean(task.web && task.web(args)))
    const cwd = task.cwd === 'caller' ? callersFolder(taskName) : root
    startProgram(node, path.join(root, task.file), (task.args || []).concat(args), cwd)
  } catch (error) {
    const { BootstrapFailure } = require('./failure.cjs')
    process.stderr.write(`watchfloor: ${error instanceof BootstrapFailure ? error.message : error.stack}\n`)
    process.exit(1)
  }
}

module.exports = { main }
