import type { Diagnostic, SigmaCode } from '@watchfloor/engines/sigma'

/** What of the specification a rule offends that is refused with a code. */
const reasons: Partial<Record<SigmaCode, string>> = {
  SIGMA_YAML_SYNTAX: 'rule files are written in YAML',
  SIGMA_YAML_DUPLICATE_KEY: 'rule files are written in YAML, whose maps hold a key once',
  SIGMA_NOT_A_RULE: 'title, logsource and detection are mandatory',
  SIGMA_OLD_ACTION: '"action" documents are of version 1',
  SIGMA_OLD_AGGREGATION: 'aggregations in conditions are of version 1; correlations took their place',
  SIGMA_MISSING_ATTRIBUTE: 'the attribute is mandatory',
  SIGMA_WRONG_TYPE: 'the schema gives the attribute another type',
  SIGMA_EMPTY_LOGSOURCE: 'a log source says what logs a rule is for, by category, product or service',
  SIGMA_BAD_SELECTION: 'a search identifier holds lists, and maps of fields to values',
  SIGMA_EMPTY_SELECTION: 'a search identifier holds lists, and maps of fields to values',
  SIGMA_UNKNOWN_MODIFIER: 'the appendix of modifiers does not have it',
  SIGMA_MODIFIER_COMBINATION: 'the appendix of modifiers says to which values each may be applied',
  SIGMA_MODIFIER_VALUE: 'the appendix of modifiers says to which values each may be applied',
  SIGMA_BAD_NETWORK: '"cidr" takes networks of IPv4 and IPv6 in CIDR notation',
  SIGMA_BAD_REGEX: 'regular expressions know . ^ $ * + ? {n,m} classes groups and |, and no other metacharacters',
  SIGMA_PLACEHOLDER_UNKNOWN: 'a tool that cannot fill in a placeholder must reject the rule',
  SIGMA_CONDITION_SYNTAX:
    'a condition consists of search identifiers, and, or, not, parentheses and "1 of" or "all of"',
  SIGMA_UNDEFINED_SELECTION: 'a condition is over the search identifiers of its detection',
  SIGMA_CORRELATION_INVALID: 'type, rules, timespan and a condition that fits the type are mandatory',
  SIGMA_CORRELATION_UNKNOWN_RULE: 'rules that a correlation refers to must be defined',
  SIGMA_CORRELATION_AMBIGUOUS_RULE: 'names of rules are unique',
  SIGMA_CORRELATION_ALIAS: 'an alias names a field for each rule that it is used with',
  SIGMA_CORRELATION_FIELD: 'a correlation has the fields that it groups by',
  SIGMA_CORRELATION_CYCLE: 'correlations are chained: each refers to rules and to other correlations',
  SIGMA_FILTER_INVALID: 'rules, selections and a condition are mandatory in a filter',
}

/** Limits are ours: the specification has none. So are those of the automaton that regular expressions become. */
const OUR_LIMIT = /more than \d|longer than \d|too many|invalid repeat count|expression nests too deeply/

/**
 * Why the specification itself lets a tool reject a rule, or nothing. Any other error keeps a rule from running for a reason of
 * ours, which is ours to mend. @source Sigma rules, correlation rules and filters specification 2.1, and its modifiers appendix
 */
export function specifiedReason({ code, message }: Diagnostic): string | undefined {
  return OUR_LIMIT.test(message) ? undefined : reasons[code]
}
