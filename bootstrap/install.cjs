'use strict'
const fs = require('fs')
const path = require('path')
const { BootstrapFailure } = require('./failure.cjs')
const { readJson, remove } = require('./files.cjs')
const { withLock } = require('./lock.cjs')
const { npmEnvironment, runNpm } = require('./npm.cjs')
const { lockFile, packagesStand, stampFile, stampPackages } = require('./packages.cjs')
const { cloneCache, root } = require('./places.cjs')
const { showProgress } = require('./progress.cjs')

/** Installs the packages of the lock file. One process at a time; who waited finds them installed. */
function installPackages(node) {
  return withLock(path.join(cloneCache, 'install.lock'), 'installing packages', async () => {
    if (packagesStand(node)) return
    remove(stampFile)
    await runCi(node)
    stampPackages(node)
  })
}

async function runCi(node) {
  const total = packagesForThisMachine()
  const progress = showProgress('installing packages')
  const log = path.join(cloneCache, 'npm-ci.log')
  let fetched = 0
  // npm names each package it fetched, from the registry or from its cache, on a line of its own.
  const onText = (text) => {
    fetched += (text.match(/npm http (fetch GET 200|cache) [^\n]*\.tgz|npm http cache [^\n]*@/g) || []).length
    progress.advance({ done: fetched, total })
  }
  const { ok, tail } = await runNpm(['ci', '--include=dev', '--include=optional', '--loglevel=http'], {
    node: node.program,
    cwd: root,
    env: npmEnvironment(installEnvironment(node)),
    log,
    onText,
  })
  if (ok) return progress.end(`${total} packages installed`)
  progress.fail()
  throw new BootstrapFailure(
    `npm ci failed:\n${tail}\n\nWhole log: ${log}\n` +
      'Check the network and npm\'s registry setting (npm ping); after a broken download, "npm cache verify"; then run the command again.',
  )
}

function installEnvironment(node) {
  const PATH = [path.dirname(node.program), process.env.PATH].join(path.delimiter)
  // Native parts are built for this Node, not for the headers of another one on the machine.
  const headers = fs.existsSync(path.join(node.home, 'include', 'node', 'node.h'))
  return headers ? { PATH, npm_config_nodedir: node.home } : { PATH }
}

function packagesForThisMachine() {
  const lock = readJson(lockFile)
  const fits = (list, here) => !list || list.includes(here)
  return Object.values(lock.packages).filter(
    (entry) => entry.integrity && fits(entry.os, process.platform) && fits(entry.cpu, process.arch),
  ).length
}

module.exports = { installPackages }
