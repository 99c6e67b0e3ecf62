import type { Yara, YaraFile, YaraRuleSet } from '@watchfloor/server/processes/yara'
import { YaraCrashed, YaraTimeout } from '@watchfloor/server/processes/yara'
import { findRuleFiles, yaraFiles } from '../../input/rule-files.ts'
import { Failure } from '../../output/failure.ts'

/** @param called by their path as it can be opened from here, or within what was named */
export async function readRules(paths: readonly string[], called: 'shown' | 'within'): Promise<YaraFile[]> {
  const files: YaraFile[] = []
  for await (const found of findRuleFiles(paths, yaraFiles))
    if (found.kind === 'file')
      files.push({ path: called === 'shown' ? found.file.shownPath : found.file.path, text: found.file.text })
  if (files.length === 0) throw new Failure(`there is no .yar or .yara file in ${paths.join(', ')}`)
  return files
}

/** @throws Failure when no rule runs */
export async function compileRules(yara: Yara, paths: readonly string[]): Promise<YaraRuleSet> {
  const files = await readRules(paths, 'shown')
  try {
    return await yara.load(files)
  } catch (error) {
    if (error instanceof YaraTimeout || error instanceof YaraCrashed)
      throw new Failure(error.message, { remedy: 'give fewer rules' })
    throw error
  }
}
