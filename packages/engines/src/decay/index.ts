export { type BaseScore, baseScore } from './base-score.ts'
export { type DecayModel, decayModel, defaultDecayModels } from './model.ts'
export {
  type CurvePoint,
  crossingAgeMs,
  decayCurve,
  decaysAtMs,
  isDecayed,
  type Renewals,
  renewedAtMs,
  scoreAt,
} from './score.ts'
