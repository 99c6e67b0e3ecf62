'use strict'
const crypto = require('crypto')
const fs = require('fs')
const path = require('path')

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch (_) {
    // Missing or half written: both mean that it has to be made again.
    return null
  }
}

/** Whole or not at all, also when two write at once. */
function writeJson(file, value) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}`
  fs.writeFileSync(draft, JSON.stringify(value))
  fs.renameSync(draft, file)
}

const sha256 = () => crypto.createHash('sha256')

const hashOf = (file) => sha256().update(fs.readFileSync(file)).digest('hex')

/** All files below, in a fixed order, without those for which `leaveOut` is true. */
function filesBelow(folder, leaveOut) {
  const found = []
  const walk = (at) => {
    for (const entry of fs.readdirSync(at, { withFileTypes: true })) {
      const file = path.join(at, entry.name)
      if (leaveOut(entry.name)) continue
      if (entry.isDirectory()) walk(file)
      else if (entry.isFile()) found.push(file)
    }
  }
  if (fs.existsSync(folder)) walk(folder)
  return found.sort()
}

/** Changes when a file is touched: a question of milliseconds. `contentOf` decides when it did. */
function signatureOf(files) {
  const hash = sha256()
  for (const file of files) {
    const { size, mtimeMs } = fs.statSync(file)
    hash.update(`${file}\0${size}\0${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

/** Changes when the content of a file does; independent of where the clone lies. */
function contentOf(files, root) {
  const hash = sha256()
  for (const file of files) hash.update(`${path.relative(root, file)}\0${hashOf(file)}\n`)
  return hash.digest('hex')
}

function remove(target) {
  if (!fs.existsSync(target)) return
  const rm = fs.rmSync || fs.rmdirSync
  rm(target, { recursive: true })
}

module.exports = { contentOf, filesBelow, hashOf, readJson, remove, signatureOf, writeJson }
