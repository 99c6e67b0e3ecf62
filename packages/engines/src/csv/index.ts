export { type CsvValue, csvLine } from './csv.ts'
