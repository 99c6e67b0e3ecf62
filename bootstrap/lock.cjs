'use strict'
const fs = require('fs')
const path = require('path')
const { say } = require('./progress.cjs')

const beatEveryMs = 1000
/** A holder that has not shown itself for so long is dead (or asleep with its machine). */
const deadAfterMs = 20000
const lookEveryMs = 200

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

function tryTake(file) {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

/** Removes the lock of a dead holder. Renaming first: of two that see it dead, one wins. */
function removeDead(file) {
  try {
    if (Date.now() - fs.statSync(file).mtimeMs < deadAfterMs) return
    const aside = `${file}.dead-${process.pid}`
    fs.renameSync(file, aside)
    fs.unlinkSync(aside)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}

/** Runs `work` while no other process on this folder does. Waits for the other one, and says so once. */
async function withLock(file, what, work) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  let told = false
  while (!tryTake(file)) {
    if (!told) say(`waiting for another process that is ${what}`)
    told = true
    removeDead(file)
    await pause(lookEveryMs)
  }
  const beat = setInterval(() => {
    const now = new Date()
    fs.utimes(file, now, now, () => {})
  }, beatEveryMs)
  const release = () => {
    try {
      fs.unlinkSync(file)
    } catch (_) {
      // Gone already: nothing is left to release.
    }
  }
  process.once('exit', release)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    process.removeListener('exit', release)
    release()
  }
}

module.exports = { withLock }
