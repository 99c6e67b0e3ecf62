import type { EventBuilder } from '../../builder.ts'
import { isIp } from '../../transforms.ts'

const DNSMASQ =
  /^(?:\d+ \S+ )?(query|forwarded|reply|cached|config|\/etc\/hosts)(?:\[([A-Z0-9=]{1,12})\])? (\S{1,253}) (from|to|is) (\S{1,253})/
const BIND =
  /client (?:@0x[0-9a-f]{1,16} )?([0-9a-fA-F.:]{2,45})#(\d{1,5}) \([^)]{1,253}\): (?:view \S{1,64}: )?query: (\S{1,253}) IN ([A-Z0-9]{1,12})/
const UNBOUND = /info: ([0-9a-fA-F.:]{2,45}) (\S{1,253})\.? ([A-Z0-9]{1,12}) IN\b/

/** What name servers write about queries: dnsmasq, BIND and Unbound. */
export function readDnsMessage(body: string, event: EventBuilder): void {
  const masq = DNSMASQ.exec(body)
  if (masq !== null) {
    question(event, masq[3]!, masq[2])
    event.derive('event.action', `dns-${masq[1]!.replace('/etc/hosts', 'hosts')}`)
    if (masq[4] === 'from' && isIp(masq[5]!)) event.derive('source.ip', masq[5], 'related.ip')
    if (masq[4] === 'to' && isIp(masq[5]!)) event.derive('destination.ip', masq[5], 'related.ip')
    if (masq[4] === 'is') answer(event, masq[5]!)
    return
  }
  const bind = BIND.exec(body)
  if (bind !== null) {
    question(event, bind[3]!, bind[4])
    event.derive('event.action', 'dns-query')
    event.derive('source.ip', bind[1], 'related.ip')
    event.derive('source.port', Number(bind[2]))
    return
  }
  const unbound = UNBOUND.exec(body)
  if (unbound !== null) {
    question(event, unbound[2]!.replace(/\.$/, ''), unbound[3])
    event.derive('event.action', 'dns-query')
    event.derive('source.ip', unbound[1], 'related.ip')
  }
}

function question(event: EventBuilder, name: string, type: string | undefined): void {
  event.derive('event.category', ['network'])
  event.derive('event.type', ['protocol'])
  event.derive('dns.question.name', name.toLowerCase(), 'related.hosts')
  event.derive('dns.question.type', type)
  event.name('query', name)
  event.name('record_type', type)
}

function answer(event: EventBuilder, text: string): void {
  event.name('answer', text)
  event.derive('dns.answers.data', [text])
  if (isIp(text)) event.derive('dns.resolved_ip', [text], 'related.ip')
}
