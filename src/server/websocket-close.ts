/**
 * The close codes of a WebSocket: RFC 6455 and its registry, and those of graphql-transport-ws (4400 and up). Where the
 * protocol writes the reason too (4401, 4408, 4409, 4429), it is sent as it stands there.
 */
export const closeCodes = {
  /** "Normal Closure". graphql-ws connects again after it where an operation is waiting, and only then. */
  normal: 1000,
  /** "Service Restart". Clients such as graphql-ws, Apollo Client and urql connect again, to a process's successor. */
  serviceRestart: 1012,
  /** "Try Again Later". The same clients wait a while, and connect again. */
  tryAgainLater: 1013,
  badRequest: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  subprotocolNotAcceptable: 4406,
  initialisationTimeout: 4408,
  operationExists: 4409,
  tooManyInitialisations: 4429,
  internalServerError: 4500,
}

/** That a client broke the protocol: its connection is closed. */
export class ConnectionFault extends Error {
  override readonly name = 'ConnectionFault'
  readonly code: number

  /** @param reason at most 123 bytes (RFC 6455) */
  constructor(code: number, reason: string) {
    super(reason)
    this.code = code
  }
}
