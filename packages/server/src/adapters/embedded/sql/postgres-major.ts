/** PostgreSQL's major version inside PGlite: a directory made by another one cannot be opened. */
export const postgresMajor = '18'
