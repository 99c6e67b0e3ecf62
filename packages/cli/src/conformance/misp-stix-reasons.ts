import type { Difference } from '@watchfloor/engines/misp'

/** A difference from what was published that we mean. */
interface Meant {
  readonly name: string
  readonly reason: string
  readonly is: (difference: Difference) => boolean
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const isPattern = ({ path }: Difference): boolean => path === 'pattern'
/** Patterns that ask the same, whatever they write around it. */
const bare = (pattern: unknown): string =>
  text(pattern)
    .replace(/ = '(\d+)'/g, ' = $1')
    .replace(/\[\*\]|\[\d+\](?=[.\s])/g, '')
    .replace(/additional_header_fields\.'?([A-Za-z]+)[-_]([A-Za-z]+)'?/g, (_, a: string, b: string) =>
      `header ${a}-${b}`.toLowerCase(),
    )
/** What a pattern asks for, in whatever order; `but` leaves out what is not compared. */
const asked = (pattern: unknown, but?: RegExp): string =>
  bare(pattern)
    .replace(/^\[(.*)\]$/s, '$1')
    .replace(/[()]/g, '')
    .split(' AND ')
    .filter((one) => !but?.test(one))
    .sort()
    .join(' AND ')
const asksSame = ({ before, after }: Difference): boolean => asked(before) === asked(after)

/** When MISP becomes STIX. */
export const meantInStix: readonly Meant[] = [
  {
    name: 'numbers',
    reason: 'a number never equals a string, so that the published pattern matches nothing (STIX 2.1, section 9.6.1)',
    is: (one) =>
      isPattern(one) && asksSame(one) && / = '\d+'/.test(text(one.before)) && !/ = '\d+'/.test(text(one.after)),
  },
  {
    name: 'elements',
    reason: 'a list is compared element by element, with [*] (STIX 2.1, section 9.7)',
    is: (one) =>
      isPattern(one) && asksSame(one) && text(one.after).includes('[*]') && !text(one.before).includes('[*]'),
  },
  {
    name: 'header names',
    reason: 'the field is named as it is in the observable beside it, or the pattern would match nothing',
    is: (one) => isPattern(one) && asksSame(one) && text(one.after).includes('additional_header_fields'),
  },
  {
    name: 'custom properties',
    reason:
      'no observation has properties of MISP, so that a pattern which asks for them would match nothing; they stand in the observables',
    is: (one) =>
      isPattern(one) && text(one.before).includes('x_misp_') && asked(one.before, /[:.]x_misp_/) === asked(one.after),
  },
  {
    name: 'escapes',
    reason: 'only quotes and backslashes are escaped in a string of a pattern (STIX 2.1, section 9.2)',
    is: (one) => isPattern(one) && bare(text(one.before).replaceAll('\\\\%', '%')) === bare(one.after),
  },
  {
    name: 'rules as they are',
    reason: 'the pattern of an indicator in another language is the text of that language, without brackets',
    is: (one) => isPattern(one) && text(one.before) === `[${text(one.after)}]`,
  },
  {
    name: 'version of the language',
    reason: '2.1 is a version of STIX patterns; of YARA, Sigma, Snort and Suricata it is none',
    is: ({ path, before, after }) => path === 'pattern_version' && before === '2.1' && after === undefined,
  },
  {
    name: 'hives',
    reason: 'the hive of a key is written in full (STIX 2.1, section 6.17)',
    is: ({ path, before, after }) =>
      /^(?:key|pattern)$/.test(path) &&
      bare(text(before).replaceAll('HKLM', 'HKEY_LOCAL_MACHINE').replaceAll('\\\\%', '%')) === bare(after),
  },
  {
    name: 'names of properties',
    reason: 'they are of small letters, digits and underscores (STIX 2.1, section 3.1)',
    is: ({ path, before, after }) =>
      path.startsWith('x_misp_') &&
      ((/[A-Z-]/.test(path) && after === undefined) || (/_/.test(path) && before === undefined)),
  },
  {
    name: 'wrong UUIDs',
    reason: 'the two sides of the published pair have different UUIDs',
    is: ({ path }) => path === 'id',
  },
  {
    name: 'wrong times',
    reason: 'the STIX of the published pair is of another time than the timestamp of its MISP',
    is: ({ about, path, before, after }) =>
      about.startsWith('x-misp-attribute--') &&
      /^(?:created|modified)$/.test(path) &&
      text(before).startsWith('2021-03-11T13:59:57') &&
      text(after).startsWith('2020-10-25T16:22:00'),
  },
  {
    name: 'order',
    reason: 'what a pattern asks for has no order, and needs no brackets',
    is: (one) => isPattern(one) && asksSame(one),
  },
  {
    name: 'comments',
    reason: 'the comment of an attribute is kept as the description',
    is: ({ path, before }) => path === 'description' && before === undefined,
  },
]

const unescaped = (value: unknown): string => text(value).replace(/\\(.)/g, '$1')

/** When STIX becomes MISP. */
export const meantInMisp: readonly Meant[] = [
  {
    name: 'comments',
    reason: 'the description of the indicator beside observed data is kept as the comment',
    is: ({ path, before }) => path === 'comment' && before === undefined,
  },
  {
    name: 'relations',
    reason: 'an attribute outside an object has no relation',
    is: ({ path, after }) => path === 'object_relation' && after === undefined,
  },
  {
    name: 'escapes',
    reason: 'a value is what the string of the pattern stands for (STIX 2.1, section 9.2)',
    is: ({ path, before, after }) =>
      path === 'value' && (unescaped(before) === after || text(before) === text(after).replaceAll('\\%', '%')),
  },
  {
    name: 'shortened',
    reason: 'the published value is shortened for reading',
    is: ({ before, after }) => {
      const [head, tail] = text(before).split('[...]')
      return tail !== undefined && text(after).startsWith(head!) && text(after).endsWith(tail)
    },
  },
  {
    name: 'names of samples',
    reason: 'MISP takes malware_filename from the value itself',
    is: ({ path, after }) => path === 'malware_filename' && after === undefined,
  },
  {
    name: 'vulnerabilities',
    reason: 'a vulnerability is nothing to detect by its name',
    is: ({ about, path, after }) => about === 'vulnerability' && path === 'to_ids' && after === false,
  },
  {
    name: 'definitions of galaxies',
    reason: 'what describes a galaxy as a whole is in the definition of the galaxy, not in STIX',
    is: ({ path, before, after }) =>
      (/^(?:description|icon|uuid|namespace|version|distribution)$/.test(path) && after === undefined) ||
      (path === 'name' && text(before).startsWith('mitre-')),
  },
  {
    name: 'sources of clusters',
    reason: 'who collected a cluster of STIX, and in which version, is in the definition of the galaxy',
    is: ({ path, after }) =>
      /^GalaxyCluster\[\d+\]\.(?:source|version|collection_uuid)$/.test(path) && after === undefined,
  },
  {
    name: 'UUIDs of clusters',
    reason: 'a cluster keeps the UUID of the object, so that both are known as the same',
    is: ({ path }) => /^GalaxyCluster\[\d+\]\.uuid$/.test(path),
  },
  {
    name: 'elements of clusters',
    reason: 'they say what meta says, in an order of their own',
    is: ({ path }) => /^GalaxyCluster\[\d+\]\.GalaxyElement/.test(path),
  },
  {
    name: 'descriptions of clusters',
    reason: 'the name is not repeated as the description',
    is: ({ path, after }) => /^GalaxyCluster\[\d+\]\.description$/.test(path) && after === undefined,
  },
  {
    name: 'more of clusters',
    reason: 'what else STIX says of the object is kept in meta',
    is: ({ path, before }) => /^GalaxyCluster\[\d+\]\.meta\.\w+$/.test(path) && before === undefined,
  },
  {
    name: 'STIX 2.0',
    reason: 'STIX 2.0 becomes 2.1 before it is converted, and its labels the kinds of malware, tools and actors',
    is: ({ path, before, after }) =>
      (/^STIX 2\.0|^stix-2\.0/.test(text(before)) && text(before).replace('2.0', '2.1') === after) ||
      (/\.meta\.labels$/.test(path) && after === undefined),
  },
  {
    name: 'tags of clusters',
    reason: 'MISP knows a cluster by its tag',
    is: ({ path, before }) => /^GalaxyCluster\[\d+\]\.tag_name$/.test(path) && before === undefined,
  },
]

/** The reason why a difference is meant; undefined when it is not. */
export const reasonFor = (difference: Difference, meant: readonly Meant[]): string | undefined =>
  meant.find(({ is }) => is(difference))?.name
