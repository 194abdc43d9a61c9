import { randomUUID } from 'node:crypto'
import { type Answer, jsonAnswer } from '../answer.ts'
import type { FaultEnvelopes, SandboxRequest } from '../service.ts'
import type { VaultCall, VaultState } from './call.ts'

/** `responseStatus` of Vault's envelope (API reference, Errors). */
export type ResponseStatus = 'SUCCESS' | 'WARNING' | 'FAILURE' | 'EXCEPTION'

/** A processed call: HTTP 200 and SUCCESS around what is asked for. */
export function success(call: VaultCall, content: Record<string, unknown> = {}): Answer {
  return envelope(call.state, call.request, 'SUCCESS', content)
}

/** The same for a call that came without a session. */
export function successOf(
  state: VaultState,
  request: SandboxRequest,
  content: Record<string, unknown>,
): Answer {
  return envelope(state, request, 'SUCCESS', content)
}

/** A refused call: HTTP 200 and FAILURE with one error. */
export function failure(call: VaultCall, type: string, message: string): Answer {
  return failureOf(call.state, call.request, type, message)
}

/** What Vault says of a key that it does not know, or that this user may not see. */
export function unknownKey(call: VaultCall, what: string): Answer {
  return failure(
    call,
    call.state.unknownKeyErrorType,
    `The ${what} [${call.keys.join(', ')}] does not exist.`,
  )
}

/** A refusal before it is known whose call it is. */
export function failureOf(state: VaultState, request: SandboxRequest, type: string, message: string): Answer {
  return envelope(state, request, 'FAILURE', { errors: [{ type, message }] })
}

/** A file: no envelope around it, but Vault's headers beside it (API reference, Response Headers). */
export function file(call: VaultCall, contentType: string, fileName: string, body: Uint8Array): Answer {
  const headers = {
    ...vaultHeaders(call.state, call.request, 'SUCCESS'),
    'Content-Type': contentType,
    'Content-Disposition': `attachment;filename="${fileName}"`,
  }
  return { status: 200, headers, body }
}

/** The envelopes that faults ask for. */
export function createFaultEnvelopes(state: VaultState): FaultEnvelopes {
  return {
    failure: (request, type, message) => failureOf(state, request, type, message),
    exception: (request, message) =>
      envelope(state, request, 'EXCEPTION', { errors: [{ type: 'UNEXPECTED_ERROR', message }] }),
    warning(normal, type, message) {
      if (typeof normal.body !== 'string') return normal
      const content: unknown = JSON.parse(normal.body)
      if (typeof content !== 'object' || content === null) return normal
      const warned = { ...content, responseStatus: 'WARNING', warnings: [{ type, message }] }
      return jsonAnswer(normal.status, warned, { ...normal.headers, 'X-VaultAPI-Status': 'WARNING' })
    },
  }
}

function envelope(
  state: VaultState,
  request: SandboxRequest,
  responseStatus: ResponseStatus,
  content: Record<string, unknown>,
): Answer {
  return jsonAnswer(200, { responseStatus, ...content }, vaultHeaders(state, request, responseStatus))
}

/** The headers on every answer (API reference, Response Headers). */
function vaultHeaders(
  state: VaultState,
  request: SandboxRequest,
  status: ResponseStatus,
): Record<string, string> {
  const user = state.users.ofAuthorization(request.authorization)
  const headers: Record<string, string> = {
    'X-VaultAPI-ExecutionId': randomUUID(),
    'X-VaultAPI-Status': status,
    'X-VaultAPI-VaultId': String(state.vaultId),
    ...state.burst.count(),
  }
  if (user !== undefined) {
    headers['X-VaultAPI-UserId'] = String(user.id)
    headers['X-VaultAPI-TruncatedSessionId'] = user.sessionId.slice(0, 4)
  }
  return headers
}
