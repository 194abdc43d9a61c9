import { type Answer, jsonAnswer } from '../answer.ts'

/** Feldera's error body; `details` may be an object, a string or null (`crates/feldera-types/src/error.rs`). */
export function felderaError(
  status: number,
  errorCode: string,
  message: string,
  details: unknown = null,
  headers: Record<string, string> = {},
): Answer {
  return jsonAnswer(status, { message, error_code: errorCode, details }, headers)
}

/** A credential that Feldera does not accept: its body has no `details` (`crates/pipeline-manager/src/auth.rs`). */
export function authenticationFailed(): Answer {
  return jsonAnswer(401, {
    message: 'Authorization failed: the credential is missing or not known.',
    error_code: 'AuthenticationFailed',
  })
}

/** A name that no pipeline has, or none that this caller may see. */
export function unknownPipeline(name: string): Answer {
  return felderaError(404, 'UnknownPipelineName', `There is no pipeline named ${name}.`, {
    pipeline_name: name,
  })
}
