import type { RunnableSet } from '../../rules/index.ts'
import type { RuleSet, RuleText } from '../pipeline/messages.ts'
import type { CorrelationNeeds } from './messages.ts'

/** The rules for the match threads, and how many correlations look at them. */
export type TaggedSet = RuleSet & { readonly correlations: number }

/**
 * Says what each rule is for. A rule that a running correlation looks at raises no detections of its own, unless the correlation
 * says `generate: true` or somebody switched the rule on by hand; the same goes for correlations of a chain.
 * @source Sigma correlation rules specification 2.1, `generate`
 */
export function rulesFor(
  set: RunnableSet,
  needs: CorrelationNeeds,
): { set: TaggedSet; raising: ReadonlyMap<string, RunnableSet['correlations'][number]> } {
  const silent = new Set(needs.silent)
  const isQuiet = ({ id, switch: decided }: { id: string; switch: string }) => silent.has(id) && decided !== 'on'
  const textOf = (rule: RunnableSet['rules'][number], raises: boolean): RuleText => {
    const { id, version, title, level, techniques, yaml } = rule
    const wanted = needs.wanted[id]
    return {
      id,
      version,
      title,
      level,
      techniques,
      yaml,
      ...(raises ? {} : { isQuiet: true }),
      ...(wanted ? { wanted } : {}),
    }
  }
  const parts = set.parts.filter(({ id }) => needs.wanted[id] !== undefined)
  return {
    set: {
      revision: set.revision,
      rules: [...set.rules.map((rule) => textOf(rule, !isQuiet(rule))), ...parts.map((rule) => textOf(rule, false))],
      filters: set.filters,
      correlations: set.correlations.length,
    },
    raising: new Map(set.correlations.filter((one) => !one.isPart && !isQuiet(one)).map((one) => [one.id, one])),
  }
}
