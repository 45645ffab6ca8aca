import { ApiProperty } from '@nestjs/swagger';

/** The form of RFC 7662, section 2.1. Client id and secret may stand in the Authorization header instead. */
export class IntrospectionRequest {
  /** @example "eyJhbGciOiJSUzI1NiIs…" */
  token!: string;

  token_type_hint?: string;

  client_id?: string;

  client_secret?: string;
}

/** The answer of RFC 7662, section 2.2. */
export class IntrospectionView {
  /** False for what is no live token of the asking client; then the only member. */
  active!: boolean;

  /** @example "uns:read uns:publish" */
  scope?: string;

  client_id?: string;

  /** E-mail address of the user it acts for. */
  username?: string;

  token_type?: string;

  /** Seconds since 1970. */
  exp?: number;

  /** Seconds since 1970. */
  iat?: number;

  /** Id of the user it acts for. */
  sub?: string;

  @ApiProperty({ type: String, required: false })
  aud?: string | string[];

  iss?: string;

  jti?: string;
}
