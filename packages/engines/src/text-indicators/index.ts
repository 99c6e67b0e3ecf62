export { type CoinKind, coinOf } from './coins.ts'
export { defang } from './defang.ts'
export {
  defaultExtractLimits,
  distinctIndicators,
  type Extraction,
  type ExtractLimits,
  extractIndicators,
  type TextIndicator,
} from './extract.ts'
export { type RefangedText, refangText } from './refanged-text.ts'
export { otherTextTypes, type TextIndicatorType } from './scanners.ts'
