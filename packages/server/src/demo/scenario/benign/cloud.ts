import { company, type hosts, type Person } from '../company.ts'
import { cloudTrailRecord } from '../formats/cloudtrail.ts'
import type { LogRecord } from '../record.ts'
import { type Activity, following } from './activity.ts'

const officeIp = '198.51.100.2'
const consoleAgent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/128.0'
const lineAgent = 'aws-cli/2.17.20 Python/3.12.4 Windows/10 exe/AMD64'

const looks: readonly (readonly [service: string, name: string])[] = [
  ['ec2', 'DescribeInstances'],
  ['ec2', 'DescribeSecurityGroups'],
  ['s3', 'ListBuckets'],
  ['cloudwatch', 'GetMetricData'],
  ['logs', 'DescribeLogGroups'],
  ['iam', 'ListUsers'],
]

/** Signs in with a second factor now and then, else looks at instances and metrics. */
export const cloudWork: Activity<Person> = (who, atMs, random) => {
  const next = following(atMs, random, 2500)
  const fromIp = who.homeIp && random.chance(0.15) ? who.homeIp : officeIp
  const records: LogRecord[] = []
  if (random.chance(0.08))
    records.push(
      cloudTrailRecord(next(), {
        name: 'ConsoleLogin',
        service: 'signin',
        user: who.login,
        fromIp,
        agent: consoleAgent,
        readOnly: false,
        response: { ConsoleLogin: 'Success' },
        extra: { LoginTo: 'https://console.aws.example/console/home', MobileVersion: 'No', MFAUsed: 'Yes' },
      }),
    )
  for (let call = random.int(1, 3); call > 0; call--) {
    const [service, name] = random.pick(looks)
    records.push(
      cloudTrailRecord(next(), {
        name,
        service,
        user: who.login,
        fromIp,
        agent: lineAgent,
        readOnly: true,
        parameters: {},
      }),
    )
  }
  return records
}

/** The application reads and writes its bucket. */
export const applicationStorage: Activity<typeof hosts.appServer> = (_, atMs, random) => {
  const write = random.chance(0.3)
  return [
    cloudTrailRecord(Math.floor(atMs), {
      name: write ? 'PutObject' : 'GetObject',
      service: 's3',
      user: 'telemetry-app',
      role: true,
      fromIp: officeIp,
      agent: '[aws-sdk-js/3.620.0 os/linux lang/js md/nodejs#20.15.1]',
      readOnly: !write,
      parameters: {
        bucketName: 'larkfield-telemetry',
        key: `devices/${random.int(1000, 1400)}/${random.hex(8)}.json`,
        Host: `larkfield-telemetry.s3.${company.awsRegion}.amazonaws.example`,
      },
    }),
  ]
}
