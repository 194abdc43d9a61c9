import type { Answer } from '../answer.ts'
import type { SandboxRequest } from '../service.ts'
import { retryAfterSeconds, settleHost } from './collection.ts'
import { felderaError } from './errors.ts'
import { beginCollection, failure, hostOf, type PipelineRecord } from './pipeline.ts'
import { refusalOf } from './pipeline-refusals.ts'

/** A call about the profile of a pipeline that exists. */
export interface ProfileCall {
  request: SandboxRequest
  pipeline: PipelineRecord
  nowMs: number
}

/** `GET samply_profile` (Feldera's API; that 204 is the answer while samply runs, `crates/adapters/src/server.rs` alone). */
export function answerProfileGet(call: ProfileCall): Answer {
  const { pipeline, request, nowMs } = call
  const refusal = refusalOf(pipeline)
  if (refusal !== undefined) return refusal
  const ordinal = readWholeNumber(request.query.get('ordinal') ?? '0')
  const latest = request.query.get('latest') ?? 'false'
  if (ordinal === undefined || (latest !== 'true' && latest !== 'false')) return badQuery()
  const host = hostOf(pipeline, ordinal)
  if (host === undefined) return noSuchOrdinal(pipeline, ordinal)
  settleHost(host, nowMs)
  if (latest === 'true' && host.running !== undefined) {
    const headers = { 'Retry-After': String(retryAfterSeconds(host.running, nowMs)) }
    return { status: pipeline.definition.legacyRedirect === true ? 307 : 204, headers }
  }
  switch (host.last.kind) {
    case 'profile':
      return profileAnswer(host.last.profile(), nowMs)
    case 'failure':
      return samplyFailure(host.last.details)
    case 'nothing':
      return felderaError(400, 'NoSamplyProfile', 'There is no samply profile yet: collect one first.')
  }
}

/** `POST samply_profile` (Feldera's API); the sandbox does not wait Feldera's 600 ms. */
export function answerProfilePost(call: ProfileCall): Answer {
  const { pipeline, request, nowMs } = call
  const refusal = refusalOf(pipeline)
  if (refusal !== undefined) return refusal
  const ordinal = readWholeNumber(request.query.get('ordinal') ?? '0')
  const durationSecs = readWholeNumber(request.query.get('duration_secs') ?? '30')
  if (ordinal === undefined || durationSecs === undefined) return badQuery()
  const host = hostOf(pipeline, ordinal)
  if (host === undefined) return noSuchOrdinal(pipeline, ordinal)
  settleHost(host, nowMs)
  if (host.running !== undefined) {
    return felderaError(409, 'SamplyProfilingInProgress', 'A collection is already in progress.')
  }
  if (pipeline.definition.collectionsFail === 'at-once') {
    const failed = failure(pipeline)
    host.last = failed
    return samplyFailure(failed.details)
  }
  if (durationSecs === 0) {
    return felderaError(500, 'SamplyProfilingUnexpectedCompletion', 'samply ended before it had sampled.')
  }
  beginCollection(pipeline, host, durationSecs, nowMs)
  return { status: 202, headers: {} }
}

function profileAnswer(profile: Uint8Array, nowMs: number): Answer {
  const fileName = `${new Date(nowMs).toISOString().replace('Z', '+00:00')}-samply_profile.json.gz`
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/gzip',
      'Content-Disposition': `attachment; filename="${fileName}"`,
      'Content-Encoding': 'identity',
    },
    body: profile,
    chunked: true,
  }
}

function samplyFailure(details: string): Answer {
  return felderaError(
    500,
    'SamplyProfilingFailure',
    'The pipeline could not be profiled with samply.',
    details,
  )
}

/** Feldera does not document this one; the sandbox refuses it as a bad request. */
function noSuchOrdinal(pipeline: PipelineRecord, ordinal: number): Answer {
  const details = { pipeline_name: pipeline.definition.name, ordinal }
  return felderaError(400, 'InvalidOrdinal', `The pipeline has no host with the ordinal ${ordinal}.`, details)
}

/** What the server's query parser says: plain text, no error body. */
function badQuery(): Answer {
  return {
    status: 400,
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    body: 'The query string could not be read.',
  }
}

function readWholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
