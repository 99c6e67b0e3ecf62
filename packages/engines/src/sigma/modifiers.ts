/** What each modifier does to its item; combinations are judged by these families. */
export const modifierFamilies = {
  contains: 'place',
  startswith: 'place',
  endswith: 'place',
  all: 'list',
  neq: 'list',
  exists: 'exists',
  cased: 'case',
  windash: 'variant',
  expand: 'variant',
  wide: 'utf16',
  utf16le: 'utf16',
  utf16be: 'utf16',
  utf16: 'utf16',
  base64: 'base64',
  base64offset: 'base64',
  re: 'regex',
  i: 'regex flag',
  m: 'regex flag',
  s: 'regex flag',
  // As pySigma calls them too.
  ignorecase: 'regex flag',
  multiline: 'regex flag',
  dotall: 'regex flag',
  cidr: 'network',
  lt: 'compare',
  lte: 'compare',
  gt: 'compare',
  gte: 'compare',
  minute: 'time',
  hour: 'time',
  day: 'time',
  week: 'time',
  month: 'time',
  year: 'time',
  fieldref: 'reference',
} as const

export type Modifier = keyof typeof modifierFamilies
export type ModifierFamily = (typeof modifierFamilies)[Modifier]
export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'

export const modifierNames = Object.keys(modifierFamilies) as Modifier[]
export const isModifier = (name: string): name is Modifier => Object.hasOwn(modifierFamilies, name)

/** Families that may stand together in one item. `list` goes with everything but `exists`. */
const companions: Readonly<Record<ModifierFamily, readonly ModifierFamily[]>> = {
  place: ['list', 'case', 'variant', 'utf16', 'base64', 'reference', 'regex', 'regex flag'],
  list: [
    'place',
    'list',
    'case',
    'variant',
    'utf16',
    'base64',
    'regex',
    'regex flag',
    'network',
    'compare',
    'time',
    'reference',
  ],
  exists: [],
  case: ['place', 'list', 'variant', 'utf16', 'base64', 'reference'],
  variant: ['place', 'list', 'case', 'variant', 'utf16', 'base64', 'regex', 'regex flag', 'network'],
  utf16: ['place', 'list', 'case', 'variant', 'base64'],
  base64: ['place', 'list', 'case', 'variant', 'utf16'],
  regex: ['place', 'list', 'variant', 'regex flag'],
  'regex flag': ['place', 'list', 'variant', 'regex', 'regex flag'],
  network: ['list', 'variant'],
  compare: ['list', 'time'],
  time: ['list', 'compare'],
  reference: ['place', 'list', 'case'],
}

export interface CombinationProblem {
  readonly message: string
  readonly remedy: string
}

/** Each makes a value longer or gives several. */
const MAX_ENCODINGS = 4
const isEncoding = (modifier: Modifier): boolean => ['utf16', 'base64'].includes(modifierFamilies[modifier])

/** What is wrong with a chain of modifiers; the first problem is enough to understand the rest. */
export function combinationProblem(modifiers: readonly Modifier[]): CombinationProblem | undefined {
  if (modifiers.filter(isEncoding).length > MAX_ENCODINGS)
    return { message: `more than ${MAX_ENCODINGS} encodings of one value`, remedy: 'take some out' }
  for (const [i, a] of modifiers.entries())
    for (const b of modifiers.slice(i + 1)) {
      const problem = pairProblem(a, b)
      if (problem !== undefined) return problem
    }
  return orderProblem(modifiers)
}

/** Families of which an item can have only one. */
const single: ReadonlySet<ModifierFamily> = new Set(['compare', 'time'])

function pairProblem(a: Modifier, b: Modifier): CombinationProblem | undefined {
  const [familyA, familyB] = [modifierFamilies[a], modifierFamilies[b]]
  if (familyA === familyB && single.has(familyA))
    return { message: `"${a}" and "${b}" exclude each other`, remedy: 'keep one; for both, write two selections' }
  const dashes = [a, b].includes('windash') && [familyA, familyB].some((one) => one === 'regex' || one === 'network')
  if ((familyA === familyB || companions[familyA].includes(familyB)) && !dashes) return undefined
  return { message: `"${a}" cannot be combined with "${b}"`, remedy: combinationRemedy(familyA, familyB) }
}

function combinationRemedy(a: ModifierFamily, b: ModifierFamily): string {
  const both = [a, b]
  if (both.includes('exists')) return 'an existence test stands alone; put the other test into an item of its own'
  if (both.includes('regex') && both.includes('case')) return 'regular expressions are case-sensitive already'
  if (both.includes('regex')) return 'say it within the regular expression'
  return 'put them into items of their own'
}

/** What a chain of modifiers does that its author may not have meant. They are applied in their order. */
export function combinationAdvice(modifiers: readonly Modifier[]): CombinationProblem | undefined {
  const twice = modifiers.find((one, at) => modifiers.indexOf(one) !== at && !isEncoding(one))
  if (twice !== undefined) return { message: `"${twice}" stands twice`, remedy: 'write it once' }
  const ofFamily = (family: ModifierFamily) => modifiers.filter((one) => modifierFamilies[one] === family)
  const places = ofFamily('place')
  if (places.length > 1)
    return {
      message: `${places.map((one) => `"${one}"`).join(' and ')} together look for the value anywhere`,
      remedy: 'write contains; for the one or the other, write two selections',
    }
  const [based] = ofFamily('base64')
  const wide = ofFamily('utf16').at(-1)
  if (based !== undefined && wide !== undefined && modifiers.indexOf(wide) > modifiers.indexOf(based))
    return {
      message: `"${wide}" comes after "${based}" and encodes its base64 text`,
      remedy: `for text that was ${wide} first, write ${wide}|${based}`,
    }
  return undefined
}

function orderProblem(modifiers: readonly Modifier[]): CombinationProblem | undefined {
  const first = (family: ModifierFamily): number => modifiers.findIndex((one) => modifierFamilies[one] === family)
  const flag = first('regex flag')
  if (flag >= 0 && (first('regex') < 0 || first('regex') > flag))
    return { message: `"${modifiers[flag]}" is a flag of "re"`, remedy: `write re|${modifiers[flag]}` }
  const encoded = first('base64')
  if (encoded < 0) return undefined
  if (first('place') >= 0 && first('place') < encoded)
    return {
      message: `"${modifiers[first('place')]}" adds wildcards, which "${modifiers[encoded]}" cannot encode`,
      remedy: `write ${modifiers[encoded]}|${modifiers[first('place')]}`,
    }
  return undefined
}
