import type { GraphQLFormattedError } from 'graphql'

/**
 * Says why a subscription failed. graphql-ws hands on whatever it met: the gateway's GraphQL errors, the event of
 * a closed socket, or the event of one that never opened, about which a browser tells a page nothing.
 */
export function readableFailure(failure: unknown): readonly GraphQLFormattedError[] {
  if (Array.isArray(failure)) return failure
  if (failure instanceof CloseEvent) return [closed(failure)]
  if (failure instanceof Error) return [{ message: failure.message }]
  return [
    { message: 'The WebSocket did not open or broke off. The gateway is down, or it refused this page.' },
  ]
}

function closed({ code, reason }: CloseEvent): GraphQLFormattedError {
  const meaning = meanings.get(code) ?? 'The gateway closed the WebSocket.'
  const message = `${meaning} Close code ${code}${reason === '' ? '' : `: ${reason}`}.`
  return { message, extensions: { closeCode: code, closeReason: reason } }
}

/** RFC 6455, section 7.4.1, and the graphql-transport-ws protocol. */
const meanings = new Map([
  [1001, 'The gateway is shutting down.'],
  [1006, 'The connection to the gateway broke off.'],
  [1009, 'The operation is larger than the gateway accepts.'],
  [1011, 'The gateway failed.'],
  [1012, 'The gateway is restarting.'],
  [1013, 'The gateway is overloaded. Try again later.'],
  [4401, 'The gateway does not accept these credentials. Look at the Headers tab.'],
  [4403, 'These credentials may not do this. Look at the Headers tab.'],
  [4408, 'The connection took too long to start.'],
  [4500, 'The gateway failed.'],
])
