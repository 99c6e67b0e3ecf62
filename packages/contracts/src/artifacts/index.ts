export * from './artifact.ts'
export * from './file-facts.ts'
export * from './yara-exceptions.ts'
export * from './yara-sets.ts'
