/** The form of RFC 7009, section 2.1. Client id and secret may stand in the Authorization header instead. */
export class RevocationRequest {
  token!: string;

  token_type_hint?: string;

  client_id?: string;

  client_secret?: string;
}
