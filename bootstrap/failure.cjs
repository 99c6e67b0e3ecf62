'use strict'

/** Something the person at the keyboard can mend: shown as it is, without a stack. */
class BootstrapFailure extends Error {}

module.exports = { BootstrapFailure }
