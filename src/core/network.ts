import { isIPv6 } from 'node:net'

/**
 * Who has one address of IPv6 has the whole network of its first half (RFC 6177). One of IPv4 is the same in the form in
 * which a server sees it that listens to both (RFC 4291, 2.5.5.2). So what is counted by address is counted by this.
 *
 * @param address undefined where the client has gone, and its socket does not know any more who it was: all those are one
 */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'gone'
  if (!address.includes(':')) return address
  const [, mapped] = /^::ffff:([\d.]+)$/i.exec(address) ?? []
  if (mapped !== undefined || !isIPv6(address) || address.includes('.')) return mapped ?? address
  const [head = '', tail = ''] = address.replace(/%.*$/, '').split('::')
  const [first, last] = [groupsOf(head), groupsOf(tail)]
  const missing = Array<string>(8 - first.length - last.length).fill('0')
  return [...first, ...missing, ...last].slice(0, 4).join(':')
}

const groupsOf = (part: string) =>
  part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16).toString(16))
