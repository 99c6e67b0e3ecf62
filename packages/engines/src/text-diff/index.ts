export { diffLines, type LineDiff, type LineDiffLine } from './line-diff.ts'
