#!/usr/bin/env node
'use strict'
// Written for old Node (12 and newer): this is the first thing that runs on a machine, before anything is installed.
require('./main.cjs').main(process.argv[2], process.argv.slice(3))
