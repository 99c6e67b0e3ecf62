import { createHash } from 'node:crypto'
import type { ArtifactsMatched } from '@watchfloor/contracts/artifacts'
import type { Detection } from '@watchfloor/contracts/detections'
import type { DetectionId, EventId, RuleId, SourceId } from '@watchfloor/contracts/kernel'
import { toInstant } from '@watchfloor/contracts/kernel'
import { storableText } from '../../../platform/sql/storable-text.ts'
import { readRuleMeta } from './rule-meta.ts'

export type MatchedArtifact = Omit<ArtifactsMatched, 'matches'>
export type ArtifactMatch = ArtifactsMatched['matches'][number]

const maxTitleLength = 300
const maxFileLength = 300
const maxTags = 50

/** A rule is named by its set and its name: `yara:<set>:<rule>`. */
export const ruleIdOf = ({ setId, rule }: Pick<ArtifactMatch, 'setId' | 'rule'>): RuleId =>
  `yara:${setId}:${rule}`.slice(0, 200) as RuleId

/** The same rule of the same version of its set on the same bytes is the same detection, however often it is scanned. */
export const detectionIdOf = (artifact: Pick<MatchedArtifact, 'sha256'>, match: ArtifactMatch): DetectionId => {
  const named = [artifact.sha256, match.setId, match.setVersion, match.file, match.rule]
  return `yara@${createHash('sha256').update(JSON.stringify(named)).digest('hex')}` as DetectionId
}

/**
 * The event of a match, in ECS: searched, kept and exported like any other, and held against indicators by its hashes. Its submitter is no
 * `user.name`: the file is not that person's doing.
 * @source Elastic Common Schema 8.17, `file.*`, `rule.*`, `event.*`
 */
export function matchEvent(artifact: MatchedArtifact, match: ArtifactMatch): Record<string, unknown> {
  const { severity, description, author, references, techniques } = readRuleMeta(match.meta, match.tags)
  return {
    '@timestamp': toInstant(artifact.atMs),
    ecs: { version: '8.17.0' },
    message: titleOf(artifact, match),
    event: {
      kind: 'alert',
      category: ['file'],
      type: ['info'],
      action: 'yara-match',
      provider: 'watchfloor',
      dataset: 'artifacts.yara',
    },
    rule: {
      name: match.rule,
      ruleset: match.setName,
      version: String(match.setVersion),
      ...(description ? { description } : {}),
      ...(author ? { author } : {}),
      ...(references.length > 0 ? { reference: references } : {}),
    },
    file: {
      name: artifact.name,
      size: artifact.sizeBytes,
      hash: { sha256: artifact.sha256, sha1: artifact.sha1, md5: artifact.md5 },
    },
    ...(techniques.length > 0 ? { threat: { technique: { id: techniques } } } : {}),
    yara: {
      file: match.file,
      tags: match.tags.slice(0, maxTags),
      severity,
      strings: [...new Set(match.strings.map(({ identifier }) => identifier))],
      strings_found: match.stringsFound,
    },
    artifact: {
      id: artifact.artifactId,
      type: artifact.type,
      source: artifact.source,
      tlp: artifact.tlp,
      uploaded_by: artifact.uploadedBy,
      retrospective: artifact.retrospective,
    },
  }
}

export function yaraDetection(
  artifact: MatchedArtifact,
  match: ArtifactMatch,
  of: { readonly eventId: EventId; readonly sourceId: SourceId; readonly detectedMs: number },
): Detection {
  const { severity, description, author, references, techniques } = readRuleMeta(match.meta, match.tags)
  return {
    id: detectionIdOf(artifact, match),
    kind: 'yara',
    ruleId: ruleIdOf(match),
    ruleTitle: titleOf(artifact, match),
    ruleVersion: match.setVersion,
    level: severity,
    eventId: of.eventId,
    sourceId: of.sourceId,
    time: toInstant(artifact.atMs),
    detectedAt: toInstant(of.detectedMs),
    entities: { 'file.hash.sha256': artifact.sha256 },
    techniques: [...techniques],
    retrospective: artifact.retrospective,
    evidence: {
      type: 'yara',
      artifactId: artifact.artifactId,
      artifactName: artifact.name,
      sha256: artifact.sha256,
      sizeBytes: artifact.sizeBytes,
      fileType: artifact.type,
      source: artifact.source,
      submittedBy: artifact.uploadedBy,
      rule: match.rule,
      ruleSet: { id: match.setId, name: match.setName, version: match.setVersion },
      file: match.file.slice(0, maxFileLength),
      tags: match.tags.slice(0, maxTags),
      description,
      author,
      references: [...references],
      strings: [...match.strings],
      stringsFound: match.stringsFound,
    },
  }
}

const titleOf = (artifact: Pick<MatchedArtifact, 'name'>, match: Pick<ArtifactMatch, 'rule'>): string =>
  storableText(`YARA ${match.rule} in ${artifact.name}`.slice(0, maxTitleLength))
