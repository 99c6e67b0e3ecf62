import { type SigmaLevel, sigmaLevels } from '@watchfloor/engines/sigma'
import { timeText } from '../../../output/list.ts'
import { bytesText, counted, countText, durationText } from '../../../output/text.ts'
import { type Hit, instantOf } from '../hit.ts'
import type { FileNote, FileTally } from '../messages.ts'
import type { HuntSummary } from '../summary.ts'
import type { HostCount, RuleCount } from '../tally.ts'
import { type Html, html, joined, raw } from './html.ts'
import { style } from './style.ts'
import type { TimelineBar } from './timeline.ts'

export interface PageContent {
  readonly summary: HuntSummary
  readonly madeAtMs: number
  readonly bars: readonly TimelineBar[]
  readonly hitsOf: (rule: RuleCount) => readonly Hit[]
}

const maxHosts = 50
const maxNotes = 100
const maxRecordChars = 20_000

/** The report as one page that loads nothing and runs nothing: what stands in a record cannot act in it. */
export function page({ summary, madeAtMs, bars, hitsOf }: PageContent): string {
  const { tally } = summary
  const rules = tally.rules()
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Watchfloor hunt, ${counted(tally.hits, 'hit')}</title>
<style>${raw(style)}</style>
</head>
<body>
<header>
<h1>Hunt report</h1>
<p class="soft">${whenText(madeAtMs)} · ${counted(summary.files, 'file')}, ${bytesText(summary.bytes)} · ${counted(summary.rules, 'rule')} · ${durationText(summary.elapsedMs)}</p>
</header>
${summary.isStopped ? html`<p class="card"><b>Stopped before the end.</b> Only a part of the records was looked at: there may be more.</p>` : html``}
${tiles(summary, rules)}
${
  tally.hits === 0
    ? html`<p>No rule met any of the records.</p>`
    : html`${levels(summary)}${timeline(bars)}
<h2>Rules</h2>
${joined(rules.map((rule) => ruleSection(rule, hitsOf(rule))))}
<h2>Hosts</h2>
${hostTable(tally.hosts())}`
}
${problems(summary.read)}
</body>
</html>
`.text
}

const whenText = (timeMs: number | null): string => timeText(instantOf(timeMs))

function tiles({ tally, read }: HuntSummary, rules: readonly RuleCount[]): Html {
  const tile = (value: number, what: string): Html =>
    html`<div class="tile"><b>${countText(value)}</b><span class="soft">${what}</span></div>`
  return html`<div class="tiles">${tile(tally.hits, 'hits')}${tile(rules.length, 'rules hit')}${tile(tally.hosts().length, 'hosts')}${tile(read.events, 'records looked at')}</div>`
}

function levels({ tally }: HuntSummary): Html {
  const shares = tally
    .levels()
    .map(({ level, hits }) => html`<i class="${level} fill" style="flex-grow:${String(hits)}"></i>`)
  const legend = tally
    .levels()
    .map(({ level, hits }) => html`<li><i class="dot ${level} fill"></i>${level} <b>${countText(hits)}</b></li>`)
  return html`<h2>Levels</h2><div class="card"><div class="shares">${joined(shares)}</div><ul class="legend">${joined(legend)}</ul></div>`
}

const chart = { width: 960, height: 130, bottom: 110 }

function timeline(bars: readonly TimelineBar[]): Html {
  const [first, last] = [bars[0], bars.at(-1)]
  if (first === undefined || last === undefined) return html``
  const totals = bars.map(({ hits }) => hits.reduce((sum, one) => sum + one, 0))
  const most = totals.reduce((max, one) => Math.max(max, one), 1)
  const width = chart.width / bars.length
  const drawn = bars.flatMap(({ hits, fromMs }, i) => {
    let y = chart.bottom
    return hits.flatMap((count, level) => {
      if (count === 0) return []
      const height = Math.max(2, (count / most) * (chart.bottom - 12))
      y -= height
      const [x, barWidth] = [fixed(i * width), fixed(Math.max(1, width - 1))]
      return html`<rect class="${sigmaLevels[level] ?? ''}" x="${x}" y="${fixed(y)}" width="${barWidth}" height="${fixed(height)}"><title>${whenText(fromMs)}: ${countText(count)} ${sigmaLevels[level] ?? ''}</title></rect>`
    })
  })
  return html`<h2>Over time</h2><div class="card"><svg viewBox="0 0 ${String(chart.width)} ${String(chart.height)}" role="img" aria-label="Hits over time" preserveAspectRatio="none">
${joined(drawn)}</svg><div class="legend soft" style="justify-content:space-between"><span>${whenText(first.fromMs)}</span><span>highest bar: ${counted(most, 'hit')} in ${spanText(first.toMs - first.fromMs)}</span><span>${whenText(last.toMs)}</span></div></div>`
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** `12 days`, `3 hours`, `45 s` */
function spanText(ms: number): string {
  const unit = units.find(([, unitMs]) => ms >= unitMs)
  return unit === undefined ? durationText(ms) : counted(Math.round(ms / unit[1]), unit[0])
}

const fixed = (value: number): string => value.toFixed(1)

const badge = (level: SigmaLevel): Html => html`<span class="badge ${level}">${level}</span>`

function ruleSection(rule: RuleCount, hits: readonly Hit[]): Html {
  const span = rule.firstMs === null ? '' : `${whenText(rule.firstMs)} to ${whenText(rule.lastMs)}`
  const missing = rule.hits - hits.length
  const rest =
    missing > 0
      ? html`<p class="soft">${counted(missing, 'more hit')} not shown here; --format jsonl has all.</p>`
      : html``
  return html`<details class="rule"><summary>${badge(rule.level)}<b>${rule.title}</b><span class="number">${counted(rule.hits, 'hit')}</span></summary><div>
<p class="soft">${span} <code>${rule.ruleId}</code></p>
<table class="hits"><thead><tr><th>Time</th><th>Host</th><th>Why</th><th>Record</th></tr></thead><tbody>
${joined(hits.map(hitRow))}</tbody></table>${rest}</div></details>
`
}

function hitRow(hit: Hit): Html {
  const why = hit.matched.map(
    ({ predicate, value }) => html`<li>${predicate}<br><code class="soft">${value.slice(0, 400)}</code></li>`,
  )
  return html`<tr><td class="when">${whenText(hit.timeMs)}</td><td>${hit.host}</td><td><ul class="why">${joined(why)}</ul></td><td><details><summary>${hit.source.file}:${String(hit.source.record)}</summary><pre>${recordText(hit.eventJson)}</pre></details></td></tr>
`
}

function recordText(json: string): string {
  const text = json.length > maxRecordChars ? json : JSON.stringify(JSON.parse(json), null, 2)
  return text.length > maxRecordChars ? `${text.slice(0, maxRecordChars)}…` : text
}

function hostTable(hosts: readonly HostCount[]): Html {
  const rows = hosts
    .slice(0, maxHosts)
    .map(
      ({ host, hits, level }) =>
        html`<tr><td>${badge(level)}</td><td class="number">${countText(hits)}</td><td>${host}</td></tr>`,
    )
  const rest =
    hosts.length > maxHosts ? html`<p class="soft">${counted(hosts.length - maxHosts, 'more host')}</p>` : html``
  return html`<div class="card"><table><thead><tr><th>Highest level</th><th class="number">Hits</th><th>Host</th></tr></thead><tbody>${joined(rows)}</tbody></table>${rest}</div>`
}

function problems(read: FileTally): Html {
  if (read.lostCount + read.damaged.length + read.skipped.length === 0) return html``
  const notes = (what: string, list: readonly FileNote[]): Html =>
    list.length === 0
      ? html``
      : html`<p>${what}</p><ul class="why">${joined(list.slice(0, maxNotes).map(({ file, reason }) => html`<li><code>${file}</code>: ${reason}</li>`))}${list.length > maxNotes ? html`<li>and ${countText(list.length - maxNotes)} more</li>` : html``}</ul>`
  const lost = read.lost.map(({ name, line, message }) => ({ file: `${name}:${line}`, reason: message }))
  return html`<h2>Not read</h2><div class="card">${notes(`${counted(read.lostCount, 'record')} could not be read`, lost)}${notes('Files that could not be read to the end', read.damaged)}${notes('Files that are no logs', read.skipped)}</div>`
}
