import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

/** Where the test data of others lies: `WATCHFLOOR_TEST_DATA`, else beside the project. */
export const testDataFolder = (): string => {
  const { WATCHFLOOR_TEST_DATA: folder } = process.env
  return folder === undefined || folder === '' ? join(root, '../shared/data') : resolve(folder)
}
