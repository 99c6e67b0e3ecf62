'use strict'
const fs = require('fs')
const path = require('path')
const { hashOf, readJson, writeJson } = require('./files.cjs')
const { majorOf } = require('./node.cjs')
const { root } = require('./places.cjs')

const lockFile = path.join(root, 'package-lock.json')
const modules = path.join(root, 'node_modules')
const stampFile = path.join(modules, '.watchfloor.json')

/** What the packages in node_modules were installed for. */
const machine = (node) => `${process.platform}-${process.arch}-node${majorOf(node.version)}`

/** Whether node_modules holds what package-lock.json asks for. A question of two small files when nothing changed. */
function packagesStand(node) {
  const stamp = readJson(stampFile)
  const { size, mtimeMs } = fs.statSync(lockFile)
  if (!stamp || stamp.machine !== machine(node)) return adoptInstalled(node)
  if (stamp.size === size && stamp.mtimeMs === mtimeMs) return true
  if (stamp.hash !== hashOf(lockFile)) return adoptInstalled(node)
  stampPackages(node)
  return true
}

/** Packages that somebody installed with npm directly count as well, when they are the ones of the lock file. */
function adoptInstalled(node) {
  const installed = readJson(path.join(modules, '.package-lock.json'))
  const wanted = readJson(lockFile)
  if (!installed || !wanted || !sameVersions(wanted.packages, installed.packages)) return false
  stampPackages(node)
  return true
}

function sameVersions(wanted, installed) {
  for (const key of Object.keys(wanted)) {
    if (!key.includes('node_modules/')) continue
    const have = installed[key]
    if (have ? have.version !== wanted[key].version : !wanted[key].optional && !wanted[key].devOptional) return false
    if (have && !have.link && !fs.existsSync(path.join(root, key, 'package.json'))) return false
  }
  return Object.keys(installed).every(
    (key) => suits(installed[key].os, process.platform) && suits(installed[key].cpu, process.arch),
  )
}

const suits = (list, here) =>
  !list || list.includes(here) || list.every((item) => item[0] === '!' && item !== `!${here}`)

function stampPackages(node) {
  const { size, mtimeMs } = fs.statSync(lockFile)
  writeJson(stampFile, { machine: machine(node), hash: hashOf(lockFile), size, mtimeMs })
}

module.exports = { lockFile, packagesStand, stampFile, stampPackages }
