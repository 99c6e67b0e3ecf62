import './text.en.ts'

export { ArtifactListPage } from './artifact-list-page.tsx'
export { ArtifactPage } from './artifact-page.tsx'
export { YaraPage } from './yara-page.tsx'
