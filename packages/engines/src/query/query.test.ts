import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Fields } from '../event/index.ts'
import {
  type CompletionContext,
  complete,
  evaluate,
  MAX_QUERY_CHARS,
  parseQuery,
  patternText,
  printQuery,
  type QueryNode,
  type ValueTest,
  withTerm,
} from './index.ts'

const field = (name: string, test: ValueTest): QueryNode => ({ kind: 'field', field: name, test })
const equals = (name: string, value: string | number | boolean): QueryNode => field(name, { kind: 'equals', value })
const text = (words: string): QueryNode => ({ kind: 'text', text: words })

describe('parseQuery', () => {
  const cases: readonly (readonly [query: string, node: QueryNode])[] = [
    ['', { kind: 'all' }],
    ['  *  ', { kind: 'all' }],
    ['user.name:alice', equals('user.name', 'alice')],
    ['event.code:4688', equals('event.code', 4688)],
    ['event.code:"4688"', equals('event.code', '4688')],
    ['id:007', equals('id', '007')],
    ['tls.established:true', equals('tls.established', true)],
    ['process.name:powershell*', field('process.name', { kind: 'wildcard', pattern: 'powershell*' })],
    ['a:b\\*c', equals('a', 'b*c')],
    ['user.name:*', field('user.name', { kind: 'exists' })],
    ['source.ip:10.0.0.0/8', field('source.ip', { kind: 'cidr', network: '10.0.0.0/8' })],
    ['source.ip:2001:db8::/32', field('source.ip', { kind: 'cidr', network: '2001:db8::/32' })],
    ['source.ip:2001:db8::1', equals('source.ip', '2001:db8::1')],
    ['url.path:/a(b|c) d\\/e/', field('url.path', { kind: 'regex', pattern: 'a(b|c) d/e' })],
    ['file.path:/etc/passwd', equals('file.path', '/etc/passwd')],
    ['file.path:/tmp', equals('file.path', '/tmp')],
    ['n >= 10', field('n', { kind: 'range', gte: 10 })],
    ['n>=10', field('n', { kind: 'range', gte: 10 })],
    ['n:>10', field('n', { kind: 'range', gt: 10 })],
    ['n:[1 to 5}', field('n', { kind: 'range', gte: 1, lt: 5 })],
    ['n:{* TO 5]', field('n', { kind: 'range', lte: 5 })],
    ['t:["2026-01-01T00:00:00Z" to *]', field('t', { kind: 'range', gte: '2026-01-01T00:00:00Z' })],
    ['a = b', equals('a', 'b')],
    ['a != b', { kind: 'not', node: equals('a', 'b') }],
    ['a b', { kind: 'and', nodes: [text('a'), text('b')] }],
    ['a or b and c', { kind: 'or', nodes: [text('a'), { kind: 'and', nodes: [text('b'), text('c')] }] }],
    [
      '(a OR b) AND NOT c',
      {
        kind: 'and',
        nodes: [
          { kind: 'or', nodes: [text('a'), text('b')] },
          { kind: 'not', node: text('c') },
        ],
      },
    ],
    ['f:(a or "b c")', { kind: 'or', nodes: [equals('f', 'a'), equals('f', 'b c')] }],
    ['"C:\\Windows\\new"', text('C:\\\\Windows\\\\new')],
    ['"and"', text('and')],
    ['"Threat Name":x', equals('Threat Name', 'x')],
    ['"say \\"hi\\""', text('say "hi"')],
  ]
  it.each(cases)('reads %s', (query, node) => {
    expect(parseQuery(query)).toEqual({ node, diagnostics: [] })
  })

  const wrong: readonly (readonly [query: string, code: string, offset: number, length: number])[] = [
    ['"abc', 'QUERY_UNCLOSED_QUOTE', 0, 4],
    ['(a or b', 'QUERY_UNCLOSED_PAREN', 0, 1],
    ['a ) b', 'QUERY_UNEXPECTED_PAREN', 2, 1],
    ['user.name:', 'QUERY_MISSING_VALUE', 0, 9],
    ['a and', 'QUERY_MISSING_TERM', 2, 3],
    ['or a', 'QUERY_MISSING_TERM', 0, 2],
    ['not', 'QUERY_MISSING_TERM', 0, 3],
    ['()', 'QUERY_MISSING_TERM', 0, 1],
    ['f:/(/', 'QUERY_BAD_REGEX', 2, 3],
    ['f:/a(b c', 'QUERY_UNCLOSED_REGEX', 2, 6],
    ['f:[1 5', 'QUERY_BAD_RANGE', 2, 4],
    ['f:10.0.0.0/33', 'QUERY_BAD_NETWORK', 2, 11],
    ['n >= ', 'QUERY_MISSING_VALUE', 2, 2],
  ]
  it.each(wrong)('says what is wrong with %s', (query, code, offset, length) => {
    const { diagnostics } = parseQuery(query)
    expect(diagnostics.map((d) => [d.code, d.offset, d.length])).toEqual([[code, offset, length]])
    expect(diagnostics[0]!.message).not.toBe('')
    expect(diagnostics[0]!.remedy).not.toBe('')
  })

  it('reports all problems at once, in their order', () => {
    expect(parseQuery('a: and f:/(/ ) "x').diagnostics.map((d) => d.code)).toEqual([
      'QUERY_MISSING_VALUE',
      'QUERY_MISSING_TERM',
      'QUERY_BAD_REGEX',
      'QUERY_UNEXPECTED_PAREN',
      'QUERY_UNCLOSED_QUOTE',
    ])
  })

  it('bounds length and depth', () => {
    expect(parseQuery('a'.repeat(MAX_QUERY_CHARS + 1)).diagnostics[0]!.code).toBe('QUERY_TOO_LONG')
    expect(parseQuery(`${'('.repeat(2_000)}a${')'.repeat(2_000)}`).diagnostics[0]!.code).toBe('QUERY_TOO_DEEP')
    expect(parseQuery(`${'not '.repeat(1_000)}a`).diagnostics[0]!.code).toBe('QUERY_TOO_DEEP')
  })

  it('never throws, whatever is typed', () => {
    const typed = fc.array(
      fc.constantFrom(
        'a',
        ':',
        '(',
        ')',
        '"',
        '/',
        '[',
        '{',
        '}',
        ']',
        ' to ',
        ' and ',
        ' or ',
        'not ',
        '>',
        '=',
        '!',
        '*',
        '\\',
        ' ',
        '10.0.0.0/8',
        'x.y',
        '\u{1f600}',
      ),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(typed, (parts) => {
        const query = parts.join('')
        const { node, diagnostics } = parseQuery(query)
        for (const d of diagnostics) expect(d.offset >= 0 && d.offset + d.length <= query.length).toBe(true)
        expect(parseQuery(printQuery(node)).diagnostics).toEqual([])
        evaluate(node, { ecs: {}, raw: query })
      }),
      { numRuns: 2_000 },
    )
  })
})

const value = fc.oneof(
  fc.string(),
  fc.stringMatching(/^[a-z0-9.:/\\*?"() -]{0,12}$/),
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
)
const unit = fc.oneof(
  fc
    .constantFrom('a', 'B', ' ', ':', '(', '"', '\\', '*', '?', '/', 'é', '[')
    .map((char) => ({ char, isWildcard: false })),
  fc.constantFrom('*', '?').map((char) => ({ char, isWildcard: true })),
)
const units = fc.array(unit, { minLength: 2, maxLength: 8 })
const pattern = units.filter((u) => u.some((x) => x.isWildcard)).map(patternText)
const bound = fc.oneof(
  fc.integer(),
  fc.string().filter((s) => s !== '*'),
)
const valueTest: fc.Arbitrary<ValueTest> = fc.oneof(
  value.map((v): ValueTest => ({ kind: 'equals', value: v })),
  pattern.map((p): ValueTest => ({ kind: 'wildcard', pattern: p })),
  fc
    .constantFrom('10.0.0.0/8', '192.0.2.0/24', '2001:db8::/32')
    .map((network): ValueTest => ({ kind: 'cidr', network })),
  fc.constantFrom('a+', 'a/b c', '^(x|y)\\d$', '\\\\', '').map((p): ValueTest => ({ kind: 'regex', pattern: p })),
  fc.constant<ValueTest>({ kind: 'exists' }),
  fc.record({ gte: bound }).map((r): ValueTest => ({ kind: 'range', ...r })),
  fc.record({ gt: bound, lte: bound }).map((r): ValueTest => ({ kind: 'range', ...r })),
  fc.record({ lt: bound }).map((r): ValueTest => ({ kind: 'range', ...r })),
)
const fieldName = fc.oneof(
  fc.constantFrom('a', 'user.name', 'Threat Name', 'x:y', 'and', '@v', 'a"b', 'f(x)', 'a\\'),
  fc.string({ minLength: 1 }),
)
const leaf: fc.Arbitrary<QueryNode> = fc.oneof(
  fc.record({ kind: fc.constant('field' as const), field: fieldName, test: valueTest }),
  units
    .map(patternText)
    .filter((t) => t !== '*')
    .map((t): QueryNode => ({ kind: 'text', text: t })),
)
const { tree } = fc.letrec<{ tree: QueryNode }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map((nodes): QueryNode => ({ kind: 'and', nodes })),
    fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map((nodes): QueryNode => ({ kind: 'or', nodes })),
    tie('tree').map((node): QueryNode => ({ kind: 'not', node })),
  ),
}))

describe('printQuery', () => {
  it('is read back as the same query', () => {
    fc.assert(
      fc.property(tree, (node) => {
        const printed = printQuery(node)
        fc.pre(printed.length <= MAX_QUERY_CHARS)
        expect(parseQuery(printed)).toEqual({ node, diagnostics: [] })
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('evaluate', () => {
  const ecs: Fields = {
    'user.name': 'Alice',
    'process.name': 'powershell.exe',
    'event.code': '4688',
    'source.ip': '10.1.2.3',
    'related.ip': ['192.0.2.1', '2001:db8::7', '::ffff:198.51.100.4'],
    'destination.port': 443,
    'tls.established': true,
    'event.duration': '12.5',
    'file.path': 'C:\\Temp\\a*b.txt',
    empty: null,
    none: [],
  }
  const raw = 'Jan 1 sshd: Failed password for Alice\nfrom 192.0.2.1'
  const cases: readonly (readonly [query: string, matches: boolean])[] = [
    ['', true],
    ['user.name:alice', true],
    ['user.name:ali', false],
    ['user.name:ALI*', true],
    ['user.name:?lice', true],
    ['event.code:4688', true],
    ['event.code:"4688"', true],
    ['event.code >= 4000', true],
    ['event.code:[1 to 100]', false],
    ['destination.port:443', true],
    ['destination.port < 443', false],
    ['destination.port <= 443', true],
    ['event.duration > 12', true],
    ['user.name > 5', false],
    ['user.name:{"al" to "b"}', true],
    ['source.ip:10.0.0.0/8', true],
    ['related.ip:2001:db8::/32', true],
    ['related.ip:198.51.100.0/24', true],
    ['related.ip:10.0.0.0/8', false],
    ['user.name:10.0.0.0/8', false],
    ['related.ip:192.0.2.1', true],
    ['tls.established:true', true],
    ['process.name:/^POWER.*\\.exe$/', true],
    ['process.name:/^shell/', false],
    ['file.path:"C:\\Temp\\a*b.txt"', true],
    ['file.path:*a\\*b*', true],
    ['empty:*', false],
    ['none:*', false],
    ['missing:*', false],
    ['not missing:*', true],
    ['toString:*', false],
    ['failed', true],
    ['"failed password"', true],
    ['fail*from', true],
    ['f?iled', true],
    ['nothing', false],
    ['failed and not bob', true],
    ['bob or alice', true],
  ]
  it.each(cases)('%s → %s', (query, matches) => {
    const { node, diagnostics } = parseQuery(query)
    expect(diagnostics).toEqual([])
    expect(evaluate(node, { ecs: Object.assign(Object.create(null), ecs), raw })).toBe(matches)
  })

  it('answers hostile patterns', () => {
    const { node } = parseQuery(`${'*a'.repeat(30)}*b`)
    expect(evaluate(node, { ecs: {}, raw: 'a'.repeat(20_000) })).toBe(false)
  })
})

describe('complete', () => {
  const context: CompletionContext = {
    fields: ['process.name', 'process.pid', 'user.name', 'Threat Name'],
    values: (name) => (name === 'process.name' ? ['cmd.exe', 'a b', 'curl'] : []),
  }
  const at = (query: string) => {
    const { from, to, items } = complete(query, query.length, context)
    return { from, to, texts: items.map((i) => i.text) }
  }
  it('offers fields at the start and after an operator', () => {
    expect(at('').texts).toContain('process.name:')
    expect(at('x and ').texts).toContain('user.name:')
    expect(at('pro')).toEqual({ from: 0, to: 3, texts: ['process.name:', 'process.pid:'] })
    expect(at('threat').texts).toEqual(['"Threat Name":'])
  })
  it('offers values after a field, quoted where they must be', () => {
    expect(at('process.name:')).toEqual({ from: 13, to: 13, texts: ['cmd.exe', '"a b"', 'curl', '*'] })
    expect(at('process.name:c')).toEqual({ from: 13, to: 14, texts: ['cmd.exe', 'curl'] })
    expect(at('process.name:(curl or c').texts).toEqual(['cmd.exe', 'curl'])
    expect(at('process.name:"a').texts).toEqual(['"a b"'])
  })
  it('offers operators after a term', () => {
    expect(at('user.name:alice ').texts.slice(0, 3)).toEqual(['and ', 'or ', 'not '])
    expect(at('user.name:alice o').texts).toContain('or ')
  })
  it('keeps to the text when the cursor is beside it', () => {
    expect(complete('abc', 99, context).to).toBe(3)
    expect(complete('abc', -5, context).from).toBe(0)
  })
})

describe('withTerm', () => {
  const cases: readonly (readonly [query: string, term: Parameters<typeof withTerm>[1], result: string])[] = [
    ['', { field: 'a', value: 'b' }, 'a:b'],
    ['*', { field: 'a', value: 'b c', negate: true }, 'not a:"b c"'],
    ['x:1', { field: 'a', value: true }, 'x:1 and a:true'],
    ['x or y', { field: 'a', value: 'b' }, '(x or y) and a:b'],
    ['x:1 and a:b', { field: 'a', value: 'b' }, 'x:1 and a:b'],
    ['x:1 and a:b', { field: 'a', value: 'b', negate: true }, 'x:1 and not a:b'],
    ['not a:b', { field: 'a', value: 'b' }, 'a:b'],
    ['x', { field: 'a', value: null }, 'x and not a:*'],
    ['x', { field: 'a', value: '10.0.0.0/8' }, 'x and a:"10.0.0.0/8"'],
  ]
  it.each(cases)('%s with %o', (query, term, result) => {
    expect(withTerm(query, term)).toBe(result)
  })
})
