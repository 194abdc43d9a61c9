/**
 * What every answer tells browsers: it is no page, belongs into no frame, and is only what its type says. GraphiQL
 * sets a policy of its own. Whether a whole host is HTTPS only is for its operator to say, at the proxy that ends TLS.
 */
export const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}
