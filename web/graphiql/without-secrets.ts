/**
 * Takes passwords out of a document: the values of arguments, input fields and variables of that name. Half a document is
 * what an editor holds most of the time, so this is no parser.
 */
export function queryWithoutPasswords(query: string): string {
  return query.replaceAll(
    /(password\s*:\s*(?:String\s*!?\s*=\s*)?)(?:"""[\s\S]*?(?:"""|$)|"(?:[^"\\\n]|\\.)*"?)/gi,
    '$1""',
  )
}

/** Takes passwords out of variables. What cannot be read yet and may have one is not kept at all. */
export function variablesWithoutPasswords(variables: string): string {
  if (!/password/i.test(variables)) return variables
  try {
    return JSON.stringify(JSON.parse(variables), (key, value) => (isPassword(key) ? '' : value), 2)
  } catch {
    return ''
  }
}

const isPassword = (key: string) => key.toLowerCase() === 'password'

/** Takes passwords and headers out of what GraphiQL writes as JSON: its tabs, its history and its favourites. */
export function recordsWithoutSecrets(json: string): string {
  return JSON.stringify(JSON.parse(json), (key, value) => {
    if (key === 'headers') return undefined
    if (typeof value !== 'string') return value
    if (key === 'query') return queryWithoutPasswords(value)
    return key === 'variables' ? variablesWithoutPasswords(value) : value
  })
}
