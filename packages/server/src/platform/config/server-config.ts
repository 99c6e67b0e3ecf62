import { resolve } from 'node:path'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { logLevels } from '../log/pino-log.ts'

const proxyNames = new Set(['loopback', 'linklocal', 'uniquelocal'])

const isProxyList = (text: string): boolean =>
  text.split(',').every((part) => {
    const one = part.trim()
    return proxyNames.has(one) || ipaddr.isValid(one) || ipaddr.isValidCIDR(one)
  })

const network = z.string().refine((text) => ipaddr.isValidCIDR(text), 'expected a network such as 10.0.0.0/8')
const path = z
  .string()
  .min(1)
  .transform((text) => resolve(text))

/** The settings of the process itself. */
export const serverConfig = z
  .strictObject({
    /** Folder of everything that is kept. */
    dataDir: z
      .string()
      .min(1)
      .default('./data')
      .transform((text) => resolve(text)),
    host: z.string().min(1).default('127.0.0.1'),
    port: z.number().int().min(0).max(65_535).default(8700),
    /** Where people reach the server, when that differs from host and port. */
    publicUrl: z.url({ protocol: /^https?$/, error: 'expected a URL such as https://floor.example.org' }).optional(),
    /** The first administrator, made when there is none. */
    adminEmail: z.email().optional(),
    adminPassword: z.string().min(1).optional(),
    /** 32 bytes in base64 or hex; made and kept in the data folder when absent. */
    masterKey: z.string().min(1).optional(),
    logLevel: z.enum(logLevels).default('info'),
    /** Proxies whose x-forwarded headers are believed: true, or addresses and networks separated by commas. */
    trustProxy: z
      .union([
        z.boolean(),
        z.string().refine(isProxyList, 'expected true, false, or addresses and networks separated by commas'),
      ])
      .default(false),
    tlsCertFile: path.optional(),
    tlsKeyFile: path.optional(),
    /** Private networks that URLs out of data (feeds' links, webhooks in rules) may reach. */
    outgoingNetworks: z.array(network).default([]),
    /** Who reads /metrics without the permission system:metrics. */
    metricsFor: z.enum(['permission', 'loopback', 'everybody']).default('loopback'),
    /** Folder of the built interface. */
    webRoot: path.optional(),
    /** PostgreSQL instead of the embedded database. */
    databaseUrl: z
      .url({ protocol: /^postgres(ql)?$/, error: 'expected postgres://user:password@host:5432/database' })
      .optional()
      .meta({ variable: 'DATABASE_URL', secret: true }),
  })
  .superRefine((server, context) => {
    const complain = (key: 'tlsCertFile' | 'tlsKeyFile' | 'adminEmail', message: string) =>
      context.addIssue({ code: 'custom', path: [key], message })
    if (server.tlsCertFile && !server.tlsKeyFile) complain('tlsCertFile', 'set WATCHFLOOR_TLS_KEY_FILE too')
    if (server.tlsKeyFile && !server.tlsCertFile) complain('tlsKeyFile', 'set WATCHFLOOR_TLS_CERT_FILE too')
    if (server.adminPassword !== undefined && server.adminEmail === undefined)
      complain('adminEmail', 'missing, though WATCHFLOOR_ADMIN_PASSWORD is set')
  })

export type ServerConfig = z.output<typeof serverConfig>
