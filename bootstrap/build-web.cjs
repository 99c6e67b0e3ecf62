'use strict'
const fs = require('fs')
const path = require('path')
const { BootstrapFailure } = require('./failure.cjs')
const { remove, writeJson } = require('./files.cjs')
const { withLock } = require('./lock.cjs')
const { runLogged } = require('./logged.cjs')
const { cloneCache, root } = require('./places.cjs')
const { showProgress } = require('./progress.cjs')
const { programEnvironment } = require('./start.cjs')
const { currentWeb, dist, stampFile, webStands } = require('./web.cjs')

/** Builds the web interface beside the old one and swaps them, so that a running server never serves half of it. */
function buildWeb(node) {
  return withLock(path.join(cloneCache, 'web.lock'), 'building the web interface', async () => {
    if (webStands()) return
    const built = currentWeb()
    const draft = path.join(cloneCache, 'web-next')
    const log = path.join(cloneCache, 'web-build.log')
    const progress = showProgress('building the web interface')
    const { ok, tail } = await runLogged(
      node.program,
      [path.join(root, 'node_modules/vite/bin/vite.js'), 'build', 'packages/web', '--outDir', draft, '--emptyOutDir'],
      { cwd: root, env: Object.assign(programEnvironment(node), { NODE_ENV: 'production' }), log },
    )
    if (!ok) {
      progress.fail()
      throw new BootstrapFailure(`the web interface could not be built:\n${tail}\n\nWhole log: ${log}`)
    }
    swap(draft)
    writeJson(stampFile, built)
    progress.end('web interface built')
  })
}

function swap(draft) {
  const old = path.join(cloneCache, 'web-old')
  remove(old)
  if (fs.existsSync(dist)) fs.renameSync(dist, old)
  fs.renameSync(draft, dist)
  remove(old)
}

module.exports = { buildWeb }
