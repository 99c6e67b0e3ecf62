'use strict'
const os = require('os')
const path = require('path')

/** The root of the clone. */
const root = path.dirname(__dirname)

/** Per-user cache, shared by all clones: Node itself and compiled code. */
const userCache = path.join(
  process.env.XDG_CACHE_HOME ||
    (process.platform === 'win32' && process.env.LOCALAPPDATA) ||
    path.join(os.homedir(), '.cache'),
  'watchfloor',
)

/** What belongs to this clone alone: locks, logs, stamps. Ignored by git. */
const cloneCache = path.join(root, '.cache')

module.exports = { root, userCache, cloneCache }
