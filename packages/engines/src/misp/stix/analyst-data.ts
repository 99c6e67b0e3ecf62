import type { StixObject } from '../../stix-pattern/index.ts'
import type { MispAnalystData, MispEvent } from '../event.ts'
import { head, type StixContext } from './conversion.ts'
import { mispLabel } from './labels.ts'
import { mispNamedUuid } from './observable-graph.ts'
import { secondsOf, versionTime } from './values.ts'

const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
const items = (value: unknown): readonly MispAnalystData[] =>
  Array.isArray(value) ? value.filter((one): one is MispAnalystData => typeof one === 'object' && one !== null) : []

/** How strongly 0 to 100 agrees. @source MISP/misp-stix, analyst data */
export function opinionWord(score: number): string {
  if (score <= 20) return 'strongly-disagree'
  if (score <= 40) return 'disagree'
  if (score <= 60) return 'neutral'
  return score <= 80 ? 'agree' : 'strongly-agree'
}

/** Notes about notes about … deeper are left out. */
const maxDepth = 16

/**
 * Reports of an event, and notes and opinions of analysts on whatever of it.
 * @returns what the event itself is about, and what is about the event
 */
export function analystDataToStix(
  event: MispEvent,
  context: StixContext,
): { within: StixObject[]; about: StixObject[] } {
  const within: StixObject[] = []
  for (const report of event.EventReport) {
    const id = `note--${report.uuid ?? mispNamedUuid(`${event.uuid ?? ''} - ${report.name}`)}`
    const named = [...report.content.matchAll(/@!?\[(?:object|attribute)\]\(([0-9a-f-]{36})\)/gi)].flatMap(
      ([, uuid]) => context.idsByUuid.get(uuid!.toLowerCase()) ?? [],
    )
    const refs = [...new Set(named)]
    const container = event.uuid && context.idsByUuid.get(event.uuid)
    within.push({
      ...head('note', id, report, context),
      abstract: report.name,
      content: report.content,
      object_refs: refs.length > 0 ? refs : container ? [container] : [],
      labels: [mispLabel('data-layer', 'Event Report')],
    })
    within.push(...onIt(report, id, context, 0))
  }
  for (const holder of [...event.Attribute, ...event.Object]) {
    const id = holder.uuid && context.idsByUuid.get(holder.uuid)
    if (id) within.push(...onIt(holder, id, context, 0))
  }
  const container = event.uuid && context.idsByUuid.get(event.uuid)
  const about = container ? onIt(event, container, context, 0) : []
  const isUsable = ({ object_refs: refs }: StixObject) => Array.isArray(refs) && refs.length > 0
  return { within: within.filter(isUsable), about: about.filter(isUsable) }
}

function onIt(
  holder: Readonly<Record<string, unknown>>,
  target: string,
  context: StixContext,
  depth: number,
): StixObject[] {
  const made: StixObject[] = []
  for (const note of items(holder.Note)) made.push(noteOf(note, target, context))
  for (const opinion of items(holder.Opinion)) made.push(opinionOf(opinion, target, context))
  if (depth >= maxDepth) return made
  for (const [n, one] of [...items(holder.Note), ...items(holder.Opinion)].entries())
    made.push(...onIt(one, String(made[n]!.id), context, depth + 1))
  return made
}

function start(type: 'note' | 'opinion', data: MispAnalystData, target: string, context: StixContext) {
  const uuid = text(data.uuid) || mispNamedUuid(`${target} - ${type} - ${text(data.note)}${text(data.comment)}`)
  const created = secondsOf(isoOf(data.created)) ?? context.timestampSeconds
  const modified = Math.max(created, secondsOf(isoOf(data.modified)) ?? created)
  const authors = text(data.authors)
  return {
    type,
    spec_version: '2.1',
    id: `${type}--${uuid}`,
    created: versionTime(created),
    modified: versionTime(modified),
    ...(authors === '' ? {} : { authors: [authors] }),
    object_refs: [target],
  }
}

/** `2024-06-12 12:52:45` is in UTC. */
const isoOf = (value: unknown): string => text(value).replace(/^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})$/, '$1T$2Z')

const noteOf = (note: MispAnalystData, target: string, context: StixContext): StixObject => ({
  ...start('note', note, target, context),
  content: text(note.note),
  ...(text(note.language) === '' ? {} : { lang: text(note.language) }),
  labels: [mispLabel('context-layer', 'Analyst Note')],
})

function opinionOf(opinion: MispAnalystData, target: string, context: StixContext): StixObject {
  const score = Number(text(opinion.opinion))
  const comment = text(opinion.comment)
  return {
    ...start('opinion', opinion, target, context),
    ...(comment === '' ? {} : { explanation: comment }),
    opinion: opinionWord(score),
    labels: [mispLabel('context-layer', 'Analyst Opinion')],
    x_misp_opinion: score,
  }
}
