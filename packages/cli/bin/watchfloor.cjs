#!/usr/bin/env node
'use strict'
// Old Node may run this; the bootstrap finds or fetches the right one.
require('../../../bootstrap/main.cjs').main('watchfloor', process.argv.slice(2))
