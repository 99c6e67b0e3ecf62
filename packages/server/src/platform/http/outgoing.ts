export interface OutgoingRequest {
  readonly url: string
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly timeoutMs: number
  /** The answer's body is cut off with an error past this. */
  readonly maxBytes: number
  /**
   * `administrator`: the destination was configured by an administrator and may be private.
   * `data`: the address came from data; private, loopback, link-local and metadata addresses are refused, after resolving, at every redirect.
   */
  readonly trust: 'administrator' | 'data'
  readonly maxRedirects?: number
}

/** The one way out. */
export interface OutgoingHttp {
  send(
    request: OutgoingRequest,
  ): Promise<{ status: number; headers: Readonly<Record<string, string>>; body: Uint8Array; finalUrl: string }>
  close(): Promise<void>
}
