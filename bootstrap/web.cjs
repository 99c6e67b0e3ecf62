'use strict'
const fs = require('fs')
const path = require('path')
const { contentOf, filesBelow, readJson, signatureOf, writeJson } = require('./files.cjs')
const { cloneCache, root } = require('./places.cjs')

const dist = path.join(root, 'packages/web/dist')
const stampFile = path.join(cloneCache, 'web.json')

const sources = () => [
  path.join(root, 'package-lock.json'),
  ...['packages/web', 'packages/contracts', 'packages/client'].flatMap((folder) =>
    filesBelow(path.join(root, folder), (name) => /^(dist|node_modules)$|\.test\.tsx?$|^README\.md$/.test(name)),
  ),
]

/** Whether the built web interface is that of the sources. */
function webStands() {
  const stamp = readJson(stampFile)
  if (!stamp || !fs.existsSync(path.join(dist, 'index.html'))) return false
  const files = sources()
  const signature = signatureOf(files)
  if (stamp.signature === signature) return true
  if (stamp.content !== contentOf(files, root)) return false
  writeJson(stampFile, { signature, content: stamp.content })
  return true
}

/** Taken before the build, so that a change during it is built the next time. */
function currentWeb() {
  const files = sources()
  return { signature: signatureOf(files), content: contentOf(files, root) }
}

module.exports = { currentWeb, dist, stampFile, webStands }
