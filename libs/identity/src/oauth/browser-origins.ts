/**
 * Whether a page of that origin may ask for tokens as a client: pages of the platform itself, and those where the client
 * sends its users back to (RFC 6749 knows nothing of origins; a redirect URI is what a client is trusted with).
 */
export const isOriginOf = (origin: string, redirectUris: readonly string[], publicUrl: string): boolean =>
  [publicUrl, ...redirectUris]
    .map((uri) => new URL(uri))
    .some((uri) => /^https?:$/.test(uri.protocol) && uri.origin === origin);
