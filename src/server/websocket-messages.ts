import { type ConnectionInitMessage, type Message, MessageType, parseMessage } from 'graphql-ws'
import type { BrowserSession } from '../core/browser-session.ts'
import { GatewayError } from '../core/errors.ts'
import type { Credentials } from '../core/identity.ts'
import { credentialsOfConnection } from './credentials.ts'
import { withCookie } from './identification.ts'
import { noCookie } from './session-cookie.ts'
import { ConnectionFault, closeCodes } from './websocket-close.ts'
import { type Connection, type CredentialHeaders, closeConnection, send } from './websocket-connection.ts'
import { beginOperation, cancelOperation, failConnection } from './websocket-operations.ts'

/** Acts upon a message of a client, as graphql-transport-ws wants it. What follows on one that closes is not read. */
export function receive(connection: Connection, text: string): void {
  const { webSocket } = connection
  if (webSocket.readyState !== webSocket.OPEN) return
  try {
    actUpon(connection, parsed(text))
  } catch (error) {
    if (error instanceof ConnectionFault) closeConnection(connection, error.code, error.message)
    else failConnection(connection, error)
  }
}

function parsed(text: string): Message {
  try {
    return parseMessage(text)
  } catch {
    throw new ConnectionFault(closeCodes.badRequest, 'This is no message of graphql-transport-ws.')
  }
}

function actUpon(connection: Connection, message: Message): void {
  switch (message.type) {
    case MessageType.ConnectionInit:
      initialise(connection, message)
      break
    case MessageType.Ping: {
      const { payload } = message
      send(connection, JSON.stringify({ type: MessageType.Pong, ...(payload ? { payload } : {}) }))
      break
    }
    case MessageType.Pong:
      break
    case MessageType.Subscribe: {
      const { credentials, floor } = connection
      if (credentials === undefined) {
        throw new ConnectionFault(closeCodes.unauthorized, 'Unauthorized')
      }
      beginOperation(connection, floor.graph.identification.callerOf(credentials), message)
      break
    }
    case MessageType.Complete:
      cancelOperation(connection, message.id)
      break
    default:
      throw new ConnectionFault(closeCodes.badRequest, 'Only a server sends this message.')
  }
}

/** Nothing has to be waited for, so a connection is acknowledged at once, and no operation ever waits for that. */
function initialise(connection: Connection, { payload }: ConnectionInitMessage): void {
  const { headers, cookie = noCookie, floor } = connection
  if (headers === undefined) {
    throw new ConnectionFault(closeCodes.tooManyInitialisations, 'Too many initialisation requests')
  }
  const given = credentialsOf(payload, headers)
  connection.credentials = withCookie(given, cookie)
  connection.headers = undefined
  connection.cookie = undefined
  if (given.vault === undefined && cookie.session !== undefined) holdSession(connection, cookie.session)
  connection.idleSinceMs = floor.clock.now()
  send(connection, JSON.stringify({ type: MessageType.ConnectionAck }))
}

/** As long as the connection is open, the browser is there. */
function holdSession(connection: Connection, session: BrowserSession): void {
  connection.session = session
  connection.release = connection.floor.graph.identification.hold(session, () =>
    closeConnection(connection, closeCodes.unauthorized, 'The sign-in has ended. Sign in and connect again.'),
  )
}

function credentialsOf(params: ConnectionInitMessage['payload'], headers: CredentialHeaders): Credentials {
  try {
    return credentialsOfConnection(params ?? undefined, headers)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    throw new ConnectionFault(closeCodes.forbidden, error.message)
  }
}
