import { addressOf } from '../configuration.ts'
import { type Problem, problemOf, unreachable } from '../gateway/problem.ts'
import { tellSessionEnd } from '../gateway/session-end.ts'

/** What became of a part. */
export type PartOutcome = 'arrived' | 'stopped' | readonly Problem[]

/**
 * Sends one part. By XMLHttpRequest, since `fetch` does not tell how much of a body has gone.
 *
 * @param onProgress is told how many bytes of the part have gone.
 * @param signal stops it.
 */
export function sendPart(
  sessionId: string,
  partNumber: number,
  body: Blob,
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
): Promise<PartOutcome> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open('PUT', addressOf(`upload-sessions/${encodeURIComponent(sessionId)}/parts/${partNumber}`))
    request.upload.onprogress = ({ loaded }) => onProgress(loaded)
    request.onload = () => resolve(outcomeOf(request))
    request.onerror = () => resolve([unreachable])
    request.onabort = () => resolve('stopped')
    signal.addEventListener('abort', () => request.abort(), { once: true })
    if (signal.aborted) resolve('stopped')
    else request.send(body)
  })
}

function outcomeOf({ status, responseText }: XMLHttpRequest): PartOutcome {
  if (status === 200) return 'arrived'
  if (status === 401) tellSessionEnd()
  return errorsIn(responseText)
}

/** What is no answer of the gateway's, such as a proxy's page, is as good as none. */
function errorsIn(text: string): readonly Problem[] {
  try {
    const { errors }: { errors?: Parameters<typeof problemOf>[0][] } = JSON.parse(text)
    return errors?.map(problemOf) ?? [unreachable]
  } catch {
    return [unreachable]
  }
}
