import { Failure } from '../output/failure.ts'

/** The server could not be reached, or the line broke before it had answered. */
export class ConnectionFailure extends Failure {}

function causeOf(error: unknown): { code: string; message: string } {
  let current = error
  while (current instanceof Error && current.cause instanceof Error) current = current.cause
  if (current instanceof AggregateError && current.errors[0] instanceof Error) current = current.errors[0]
  const code = current instanceof Error && 'code' in current ? String(current.code) : ''
  return { code, message: current instanceof Error ? current.message : String(current) }
}

/** A failure of the network in words, with what to do about it. What is none comes back as it is. */
export function connectionFailure(url: string, error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error) || error.name === 'AbortError') return error
  const { code, message } = causeOf(error)
  switch (code) {
    case 'ECONNREFUSED':
      return new ConnectionFailure(`nothing listens at ${url}`, {
        remedy: 'Start the server with: npm start   (or log in at another one: watchfloor login URL)',
      })
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ConnectionFailure(`the name in ${url} is not known`, { remedy: 'Check the address and the network.' })
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
      return new ConnectionFailure(`${url} did not answer in time`, { remedy: 'Check the address and the network.' })
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return new ConnectionFailure(`the certificate of ${url} is not trusted (${code})`, {
        remedy: 'Name the authority that signed it: NODE_EXTRA_CA_CERTS=ca.pem watchfloor …',
      })
    default:
      return new ConnectionFailure(`the connection to ${url} failed: ${message}${code ? ` (${code})` : ''}`)
  }
}
