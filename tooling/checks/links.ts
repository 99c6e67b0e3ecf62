import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

export interface BrokenLink {
  /** `README.md:12` */
  readonly where: string
  readonly target: string
}

const leftOut = /^(node_modules|dist|\.git|\.cache|data|coverage)$/

/** Links of all Markdown pages below `root` that lead to no file or to no heading. Addresses on the network are not tried. */
export function brokenLinks(root: string): { pages: number; links: number; broken: BrokenLink[] } {
  const pages = markdownBelow(root)
  let links = 0
  const broken = pages.flatMap((page) =>
    linksOf(readFileSync(page, 'utf8')).flatMap(({ target, line }) => {
      links++
      return leads(page, target) ? [] : [{ where: `${relative(root, page)}:${line}`, target }]
    }),
  )
  return { pages: pages.length, links, broken }
}

function markdownBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return leftOut.test(entry.name) ? [] : markdownBelow(join(folder, entry.name))
    return entry.name.endsWith('.md') ? [join(folder, entry.name)] : []
  })
}

/** Inline links and pictures outside of code. */
function linksOf(text: string): { target: string; line: number }[] {
  const prose = text.replace(/```[\s\S]*?```|`[^`\n]*`/g, (code) => code.replace(/[^\n]/g, ' '))
  return [...prose.matchAll(/!?\[[^\]]*\]\(([^)\s]+)[^)]*\)|(?:src|href)="([^"]+)"/g)]
    .map((match) => ({ target: match[1] ?? match[2] ?? '', line: prose.slice(0, match.index).split('\n').length }))
    .filter(({ target }) => !/^[a-z][a-z+.-]*:/i.test(target))
}

function leads(page: string, target: string): boolean {
  const [path = '', heading] = target.split('#')
  const file = path === '' ? page : join(dirname(page), decodeURIComponent(path))
  if (!existsSync(file)) return false
  return !heading || !file.endsWith('.md') || headingsOf(readFileSync(file, 'utf8')).has(heading)
}

const headingsOf = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^#{1,6}\s+(.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
