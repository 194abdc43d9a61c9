import type { ServerResponse } from 'node:http'
import type { Clock } from '../core/time.ts'
import { type Answer, jsonAnswer } from './answer.ts'
import type { Fault, MetFault } from './faults.ts'
import type { FaultEnvelopes, SandboxRequest } from './service.ts'
import { resetConnection, sendAnswer, sendPart } from './wire.ts'

/** A call that met a fault. */
export interface FaultedCall {
  request: SandboxRequest
  response: ServerResponse
  clock: Clock
  /** Makes the normal answer, at the moment it is called. */
  normalAnswer(): Answer
  envelopes: FaultEnvelopes | undefined
}

type Instead = Extract<Fault, { kind: 'status' | 'failure' | 'exception' | 'warning' | 'json' }>

const scriptedMessage = 'The sandbox was told to answer this.'

/** Does to the call what the fault says. */
export function answerWithFault(fault: MetFault, call: FaultedCall) {
  const { answer } = fault
  const { response, normalAnswer } = call
  switch (answer.kind) {
    case 'headers': {
      const normal = normalAnswer()
      sendAnswer(response, { ...normal, headers: { ...normal.headers, ...answer.headers } })
      return
    }
    case 'delay': {
      const timer = call.clock.after(answer.delayMs, () => sendUnlessGone(call))
      response.on('close', () => timer.cancel())
      return
    }
    case 'hold':
      fault.hold(() => sendUnlessGone(call))
      return
    case 'reset':
      resetConnection(response)
      return
    case 'truncate':
      sendPart(response, normalAnswer(), answer.afterBytes, 'cut')
      return
    case 'stall':
      sendPart(response, normalAnswer(), answer.afterBytes, 'stall')
      return
    default:
      sendAnswer(response, answerInstead(answer, call))
  }
}

function sendUnlessGone(call: FaultedCall) {
  if (!call.response.destroyed) sendAnswer(call.response, call.normalAnswer())
}

function answerInstead(fault: Instead, call: FaultedCall): Answer {
  switch (fault.kind) {
    case 'status':
      return {
        status: fault.status,
        headers: withContentType(fault.headers ?? {}),
        ...(fault.body === undefined ? {} : { body: fault.body }),
      }
    case 'json':
      return jsonAnswer(200, fault.body, fault.headers)
    case 'failure':
      return envelopesOf(call).failure(call.request, fault.type, fault.message ?? scriptedMessage)
    case 'exception':
      return envelopesOf(call).exception(call.request, fault.message ?? scriptedMessage)
    case 'warning':
      return envelopesOf(call).warning(call.normalAnswer(), fault.type, fault.message ?? scriptedMessage)
  }
}

function envelopesOf(call: FaultedCall): FaultEnvelopes {
  if (call.envelopes === undefined) throw new TypeError('This service has no envelopes.')
  return call.envelopes
}

function withContentType(headers: Record<string, string>): Record<string, string> {
  const hasOne = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  return hasOne ? headers : { 'Content-Type': 'text/html; charset=utf-8', ...headers }
}
