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

/** The codes that the gateway closes with (`docs/subscriptions.md`), and that of a connection that broke off. */
const meanings = new Map([
  [1006, 'The connection to the gateway broke off.'],
  [1009, 'The operation is larger than the gateway accepts.'],
  [1012, 'The gateway stops, and its successor answers soon.'],
  [4403, 'A credential could never be sent on. Look at the Headers tab.'],
  [4408, 'The connection took too long to start.'],
  [4500, 'The gateway failed.'],
])
