'use strict'
const { spawnSync } = require('child_process')
const fs = require('fs')
const path = require('path')
const { BootstrapFailure } = require('./failure.cjs')
const { remove } = require('./files.cjs')
const { describe, folderOf, oldestMajor, packages, programIn } = require('./node.cjs')
const { npmEnvironment, runNpm } = require('./npm.cjs')
const { cloneCache, userCache } = require('./places.cjs')
const { showProgress } = require('./progress.cjs')

const remedy = `install Node ${oldestMajor} or newer yourself, then run the command again`

/** Puts the pinned Node into the user's cache: whole or not at all, and harmlessly when several do it at once. */
async function fetchNode() {
  const wanted = packages[`${process.platform}-${process.arch}`]
  if (!wanted)
    throw new BootstrapFailure(
      `this machine has Node ${process.version}, Watchfloor needs ${oldestMajor}, and none can be fetched for ${process.platform}-${process.arch}; ${remedy}`,
    )
  const folder = folderOf(wanted)
  fs.mkdirSync(userCache, { recursive: true })
  const draft = fs.mkdtempSync(path.join(userCache, '.node-'))
  try {
    await installInto(draft, wanted)
    verify(draft, wanted)
    moveInto(draft, folder)
  } finally {
    remove(draft)
  }
  return describe(programIn(folder, wanted), `v${wanted.version}`)
}

async function installInto(draft, wanted) {
  const dependencies = { [wanted.name]: wanted.version }
  const entry = { version: wanted.version, integrity: wanted.integrity }
  const lock = {
    name: 'node',
    version: '0.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: { '': { name: 'node', version: '0.0.0', dependencies }, [`node_modules/${wanted.name}`]: entry },
  }
  const manifest = { name: 'node', version: '0.0.0', private: true, dependencies }
  fs.writeFileSync(path.join(draft, 'package.json'), JSON.stringify(manifest))
  fs.writeFileSync(path.join(draft, 'package-lock.json'), JSON.stringify(lock))
  const log = path.join(cloneCache, `fetch-node-${process.pid}.log`)
  const progress = showProgress(`fetching Node ${wanted.version} (this machine has ${process.version})`)
  const { ok, tail } = await runNpm(['ci', '--ignore-scripts'], {
    cwd: draft,
    env: npmEnvironment(),
    log,
  })
  if (!ok) {
    progress.fail()
    throw new BootstrapFailure(
      `could not fetch Node ${wanted.version}:\n${tail}\n\nWhole log: ${log}\nCheck the network and npm's registry setting (npm ping), or ${remedy}.`,
    )
  }
  progress.end(`Node ${wanted.version} is in ${userCache}`)
}

function verify(draft, wanted) {
  const program = programIn(draft, wanted)
  const tried = spawnSync(program, ['--version'], { encoding: 'utf8' })
  if (String(tried.stdout).trim() === `v${wanted.version}`) return
  const cause = tried.error ? tried.error.message : String(tried.stderr || tried.stdout).trim()
  throw new BootstrapFailure(`the fetched Node ${wanted.version} does not run on this machine: ${cause}\n${remedy}`)
}

function moveInto(draft, folder) {
  try {
    fs.renameSync(draft, folder)
  } catch (error) {
    // Another bootstrap was faster; its Node is the same.
    if (!fs.existsSync(folder)) throw error
  }
}

module.exports = { fetchNode }
