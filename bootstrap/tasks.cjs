'use strict'

/**
 * What each npm script starts, once Node and the packages stand.
 *
 * file  a TypeScript file, relative to the root
 * args  put before the caller's
 * web   whether the built web interface is needed, given the caller's arguments
 * cwd   'caller': paths in arguments are relative to where the caller stands; else the root
 */
const processes = 'packages/server/src/processes'

const tasks = {
  start: { file: `${processes}/all.ts`, web: () => true },
  demo: { file: `${processes}/demo.ts`, web: (args) => !args.includes('--exit') },
  test: { file: 'tooling/test.ts', args: ['unit'] },
  'test:services': { file: 'tooling/test.ts', args: ['services'] },
  'test:e2e': { file: 'tooling/test.ts', args: ['e2e'], web: () => true },
  'test:kill': { file: `${processes}/testing/kill-test.ts` },
  watchfloor: { file: 'packages/cli/src/main.ts', cwd: 'caller' },
  conformance: { file: 'packages/cli/src/conformance/main.ts', cwd: 'caller' },
  dev: { file: 'tooling/dev.ts' },
  build: { file: 'tooling/build.ts', web: () => true },
  check: { file: 'tooling/check.ts' },
  gen: { file: 'tooling/gen.ts' },
  bench: { file: 'tooling/bench.ts' },
  'new:module': { file: 'tooling/new-module.ts' },
}

module.exports = { tasks }
