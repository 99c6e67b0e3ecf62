/** The report's style; it stands in the page itself, which loads nothing. */
export const style = `
:root { color-scheme: light dark; --bg: #f6f7f9; --card: #fff; --text: #1b2230; --soft: #5b6577; --line: #dfe3ea; --code: #f0f2f6;
  --critical: #b3123d; --high: #d9480f; --medium: #b07d00; --low: #1769aa; --informational: #66708a }
@media (prefers-color-scheme: dark) { :root { --bg: #11151c; --card: #1a202b; --text: #e4e8f0; --soft: #97a1b5; --line: #2c3543;
  --code: #141a23; --critical: #ff5c85; --high: #ff8a4c; --medium: #e6b73c; --low: #5cb0f0; --informational: #93a0bb } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 74rem; background: var(--bg); color: var(--text);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, sans-serif }
h1 { margin: 0; font-size: 1.6rem; letter-spacing: -.01em }
h2 { margin: 2rem 0 .75rem; font-size: 1.1rem }
.soft { color: var(--soft) }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .75rem; margin-top: 1.25rem }
.tile, .card, details.rule { background: var(--card); border: 1px solid var(--line); border-radius: .6rem }
.tile { padding: .8rem 1rem }
.tile b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums }
.card { padding: 1rem; overflow-x: auto }
.shares { display: flex; height: .7rem; border-radius: .35rem; overflow: hidden; margin-bottom: .75rem }
.shares i { display: block; min-width: 3px }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.25rem; margin: 0; padding: 0; list-style: none }
.dot { display: inline-block; width: .65rem; height: .65rem; border-radius: 50%; margin-right: .4rem }
svg { display: block; width: 100%; height: 9rem }
svg text { fill: var(--soft); font-size: 11px }
.critical { color: var(--critical) } .high { color: var(--high) } .medium { color: var(--medium) }
.low { color: var(--low) } .informational { color: var(--informational) }
.fill { background: currentColor } rect { fill: currentColor }
.badge { display: inline-block; min-width: 6.6rem; font-size: .75rem; font-weight: 650; text-transform: uppercase; letter-spacing: .04em }
table { width: 100%; border-collapse: collapse }
th { text-align: left; font-weight: 600; font-size: .8rem; color: var(--soft) }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere }
tr:last-child > td { border-bottom: 0 }
.hits td:nth-child(2) { min-width: 9rem }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.when { white-space: nowrap; font-variant-numeric: tabular-nums }
details.rule { margin-bottom: .5rem }
details.rule > summary { display: flex; gap: .75rem; align-items: baseline; padding: .6rem 1rem; cursor: pointer }
details.rule > summary::-webkit-details-marker { display: none }
details.rule > summary b { flex: 1; overflow-wrap: anywhere }
details.rule[open] > summary { border-bottom: 1px solid var(--line) }
details.rule > div { padding: .25rem 1rem 1rem }
code, pre { font: 12.5px/1.45 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace }
pre { margin: .4rem 0 0; padding: .75rem; background: var(--code); border-radius: .4rem; max-height: 26rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere }
.why { margin: 0; padding-left: 1.1rem }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--low); outline-offset: 2px; border-radius: .3rem }
@media print { body { background: #fff; padding: 0 } details.rule { break-inside: avoid-page } }
@media (max-width: 40rem) { .badge { min-width: 0 } details.rule > summary { flex-wrap: wrap } }
`
