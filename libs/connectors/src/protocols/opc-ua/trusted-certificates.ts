import { X509Certificate } from 'node:crypto';

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Those of a PEM, which may have several. @throws Error */
export const certificatesIn = (pem: string): X509Certificate[] =>
  (pem.match(PEM) ?? []).map((one) => new X509Certificate(one));

/** Why a server that shows this certificate is not trusted; undefined where it is. */
export function distrust(
  shown: X509Certificate,
  trusted: readonly X509Certificate[],
  now = new Date(),
): string | undefined {
  const known = trusted.some(
    (one) => one.raw.equals(shown.raw) || (one.ca && shown.checkIssued(one) && shown.verify(one.publicKey)),
  );
  if (!known) return `is not trusted (SHA-256 ${shown.fingerprint256})`;
  if (now < new Date(shown.validFrom)) return `is not valid before ${shown.validFrom}`;
  return now > new Date(shown.validTo) ? `has expired at ${shown.validTo}` : undefined;
}
