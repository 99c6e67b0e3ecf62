export { type AttackTactic, type AttackTechnique, tactics, tacticsOfTags, techniques } from './matrix.ts'
export { attackVersion } from './matrix-data.ts'
