import { once } from './once.ts'

const names = `accept accept-charset accept-datetime accept-encoding accept-language access-control-request-headers access-control-request-method alt-used authorization cache-control connection content-digest content-disposition content-encoding content-language content-length content-location content-md5 content-type cookie cookie2 date dnt downlink dpop early-data ect expect forwarded from front-end-https host idempotency-key if-match if-modified-since if-none-match if-range if-unmodified-since keep-alive last-event-id max-forwards origin origin-agent-cluster ping-from ping-to pragma prefer priority proxy-authorization proxy-connection purpose range referer rtt save-data sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user sec-gpc sec-websocket-extensions sec-websocket-key sec-websocket-protocol sec-websocket-version soapaction te traceparent tracestate trailer transfer-encoding upgrade upgrade-insecure-requests user-agent via want-content-digest warning x-api-key x-att-deviceid x-correlation-id x-csrf-token x-forwarded-for x-forwarded-host x-forwarded-proto x-http-method-override x-real-ip x-request-id x-requested-with x-uidh x-wap-profile`

/** Header fields of requests in lower case. @source IANA, HTTP Field Name Registry, and what browsers and proxies send */
export const requestHeaders = once(() => new Set(names.split(' ')))

/** Keys of the document information dictionary. @source ISO 32000-1 table 317 */
export const pdfInformationKeys: ReadonlySet<string> = new Set([
  'Title',
  'Author',
  'Subject',
  'Keywords',
  'Creator',
  'Producer',
  'CreationDate',
  'ModDate',
  'Trapped',
])
