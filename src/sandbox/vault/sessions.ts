import { randomBytes } from 'node:crypto'
import type { Answer } from '../answer.ts'
import type { SandboxRequest } from '../service.ts'
import type { VaultCall, VaultState } from './call.ts'
import { failureOf, success, successOf } from './envelope.ts'
import { defaultPassword, type SandboxUser, sessionIdOf, usernameOf } from './users.ts'

/** After this time attempts to sign in are counted anew (Vault Help, API limits). */
const authBurstWindowMs = 60_000

/** A Vault that the sandbox does not have: there users go who have no access to its own. */
const otherVault = { id: 1776, name: 'Elsewhere', url: 'https://elsewhere.sandbox.example/api' }

/** When users of the sandbox tried to sign in, within the window. */
export type AuthAttempts = Map<SandboxUser, readonly number[]>

/** `POST auth`: the one call without a session (API reference, User Name and Password). */
export function answerAuth(state: VaultState, request: SandboxRequest): Answer {
  const username = request.form?.get('username') ?? ''
  const password = request.form?.get('password') ?? ''
  const refuse = (type: string, message: string) => failureOf(state, request, type, message)
  const user = state.users.named(username)
  if (user !== undefined && isBurst(state, user)) {
    return refuse('API_LIMIT_EXCEEDED', 'Too many authentication calls.')
  }
  if (password === '') return refuse('NO_PASSWORD_PROVIDED', 'No password was provided for the login call.')
  if (user === undefined || password !== (user.password ?? defaultPassword)) {
    return refuse('USERNAME_OR_PASSWORD_INCORRECT', `Authentication failed for user: ${username}.`)
  }
  switch (user.signIn) {
    case 'locked out':
      return refuse('USER_LOCKED_OUT', `User ${username} is locked out.`)
    case 'password change required':
      return refuse('PASSWORD_CHANGE_REQUIRED', 'The password has expired.')
    default:
      return opened(state, request, user)
  }
}

/** Who has no access to this Vault is let into another (API reference, User Name and Password, Authentication Defaulting). */
function opened(state: VaultState, request: SandboxRequest, user: SandboxUser): Answer {
  const sessionId = randomBytes(64).toString('hex').toUpperCase()
  state.users.openSession(user, sessionId)
  const own = { id: state.vaultId, name: 'Sandbox', url: `http://${request.host}/api` }
  const vaultIds = user.signIn === 'no access to this Vault' ? [otherVault] : [otherVault, own]
  const vaultId = vaultIds.at(-1)?.id
  return successOf(state, request, { sessionId, userId: user.id, vaultIds, vaultId })
}

function isBurst(state: VaultState, user: SandboxUser): boolean {
  const now = state.now()
  const recent = (state.authAttempts.get(user) ?? []).filter((atMs) => now - atMs < authBurstWindowMs)
  if (recent.length >= state.authBurstLimit) return true
  state.authAttempts.set(user, [...recent, now])
  return false
}

/** `DELETE session`: ends the session that the call came with, and no other. */
export function answerSessionEnd(call: VaultCall): Answer {
  call.state.users.endSession(sessionIdOf(call.request.authorization ?? ''))
  return success(call)
}

/** `GET objects/users/me` (API reference, Validate Session User). */
export function answerCurrentUser(call: VaultCall): Answer {
  const { id, admin } = call.user
  const username = usernameOf(call.user)
  const user = {
    user_name__v: username,
    user_first_name__v: admin === true ? 'Ada' : 'Robin',
    user_last_name__v: `Sandbox ${id}`,
    user_email__v: username,
    user_timezone__v: 'Europe/Berlin',
    user_locale__v: 'en_GB',
    active__v: true,
    id,
  }
  return success(call, { users: [{ user }] })
}
