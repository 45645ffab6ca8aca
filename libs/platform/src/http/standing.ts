import { Injectable } from '@nestjs/common';
import { DomainError, isId, type ErrorKind, type Member } from '#kernel';
import type { Request } from 'express';
import { Authenticator, OrganizationResolver } from './access';
import { bearerToken } from './bearer-token';

/** The caller is turned away; anything else (the database does not answer) is no verdict. */
const REFUSALS: readonly ErrorKind[] = ['forbidden', 'organization_suspended', 'maintenance'];

/** The rights of a caller of a request that lasts: they may end before it does. */
@Injectable()
export class Standing {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly organizations: OrganizationResolver,
  ) {}

  /** undefined once the credential has ended or the organization turns the caller away. @throws DomainError `unavailable` */
  async now(request: Request): Promise<Member | undefined> {
    const token = bearerToken(request);
    const organizationId = request.header('x-organization-id');
    const actor = token === undefined ? undefined : await this.authenticator.authenticate(token);
    if (!actor || !isId(organizationId)) return undefined;
    try {
      return await this.organizations.resolve(actor, organizationId.toLowerCase());
    } catch (error) {
      if (error instanceof DomainError && REFUSALS.includes(error.kind)) return undefined;
      throw error;
    }
  }
}
