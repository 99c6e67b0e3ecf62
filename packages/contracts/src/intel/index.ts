export * from './indicator-types.ts'
export * from './indicators.ts'
export * from './warning-lists.ts'
