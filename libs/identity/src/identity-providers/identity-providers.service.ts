import { Injectable } from '@nestjs/common';
import { ALL_SCOPES, conflict, invalid, newId, Page, type Actor } from '#kernel';
import { ManagedRoles } from '#organizations';
import { AuditTrail, changesBetween } from '#platform/audit';
import { Config } from '#platform/config';
import { SecretBox } from '#platform/crypto';
import { Database, requireVersion, type SeenVersion } from '#platform/database';
import { insufficientScope, parseSort, type ListQuery } from '#platform/http';
import { uncoveredScope } from '../credentials/scope-rules';
import { ProviderProblem } from './bounded-fetch';
import { callbackUrlOf } from './company-connection';
import { discover, issuerProblem } from './discovery';
import {
  SECRET_MASK,
  toIdentityProviderView,
  type ChangeIdentityProvider,
  type CreateIdentityProvider,
  type IdentityProviderView,
} from './identity-provider.dto';
import { entityOf, type IdentityProvider } from './identity-provider.entity';
import { IdentityProvidersRepository } from './identity-providers.repository';
import { sealClientSecret } from './client-secret';

const SORTABLE = ['name', 'slug', 'createdAt', 'updatedAt'] as const;

/** The second segment of the callback's address, which would stand in the way of one's start. */
const RESERVED_SLUG = 'callback';

const AUDITED = [
  'name',
  'issuer',
  'clientId',
  'scopes',
  'domains',
  'createUsers',
  'enabled',
  'roleClaim',
  'roleMapping',
] as const;

/** Administration of companies' own providers. */
@Injectable()
export class IdentityProvidersService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly secrets: SecretBox,
    private readonly providers: IdentityProvidersRepository,
    private readonly managedRoles: ManagedRoles,
    private readonly audit: AuditTrail,
  ) {}

  async list(query: ListQuery): Promise<Page<IdentityProviderView>> {
    const { data, meta } = await this.providers.page(query, parseSort(query.sort, SORTABLE, 'name'));
    return new Page(
      data.map((provider) => this.view(provider)),
      meta,
    );
  }

  /** @throws DomainError `not_found` */
  async get(id: string): Promise<IdentityProviderView> {
    return this.view(await this.providers.get(id));
  }

  /**
   * @throws DomainError `bad_request`, also for an enabled one that does not answer; `conflict` for a slug that is taken;
   * `insufficient_scope` for an enabled one by a credential that does not have every scope.
   */
  async create(actor: Actor, { clientSecret, ...request }: CreateIdentityProvider): Promise<IdentityProviderView> {
    if (request.slug === RESERVED_SLUG) throw invalid({ field: 'slug', message: `Slug must not be ${RESERVED_SLUG}` });
    if (clientSecret === SECRET_MASK) throw invalid({ field: 'clientSecret', message: 'Client secret is required' });
    requireIssuer(request.issuer);
    if (request.enabled) {
      requireEveryScope(actor);
      await requireAnswer(request.issuer);
    }
    const id = newId();
    return this.database.asSystem(async () => {
      await this.requireOrganizations(request.roleMapping);
      const provider = await this.providers.insert({
        id,
        ...request,
        ...normalized(request),
        roleClaim: request.roleClaim ?? null,
        sealedClientSecret: sealClientSecret(this.secrets, id, clientSecret),
      });
      await this.audit.record({
        action: 'identity-provider.create',
        entity: entityOf(provider),
        details: { issuer: provider.issuer, domains: provider.domains, enabled: provider.enabled },
      });
      return this.view(provider);
    });
  }

  /**
   * @throws DomainError `not_found`; `precondition_failed`; `bad_request` and `insufficient_scope` as `create`;
   * `conflict` for another issuer while users are linked, since subjects are the issuer's: the same one may be somebody
   * else there.
   */
  async change(
    actor: Actor,
    id: string,
    ifMatch: SeenVersion,
    request: ChangeIdentityProvider,
  ): Promise<IdentityProviderView> {
    const before = await this.providers.get(id);
    requireVersion(before, ifMatch);
    const { clientSecret, ...fields } = request;
    const newSecret = clientSecret === SECRET_MASK ? undefined : clientSecret;
    const issuer = fields.issuer ?? before.issuer;
    const enabled = fields.enabled ?? before.enabled;
    if (enabled) requireEveryScope(actor);
    if (issuer !== before.issuer) {
      requireIssuer(issuer);
      // Or whoever may change the issuer could have the secret sent to an address of theirs.
      if (newSecret === undefined) {
        throw invalid({ field: 'clientSecret', message: 'Client secret is required with another issuer' });
      }
    }
    if (enabled && (issuer !== before.issuer || !before.enabled)) await requireAnswer(issuer);
    return this.database.asSystem(async () => {
      if (fields.roleMapping) await this.requireOrganizations(fields.roleMapping);
      const after = await this.providers.update(before, {
        ...fields,
        ...normalized(fields),
        ...(newSecret !== undefined && { sealedClientSecret: sealClientSecret(this.secrets, id, newSecret) }),
      });
      if (issuer !== before.issuer && (await this.providers.countLinks(id)) > 0) {
        throw conflict('Issuer cannot be changed while users are linked; set up another provider for it');
      }
      await this.audit.record({
        action: 'identity-provider.update',
        entity: entityOf(after),
        changes: changesBetween(before, after, AUDITED),
        ...(newSecret !== undefined && { details: { clientSecretChanged: true } }),
      });
      return this.view(after);
    });
  }

  /** With its links; users and the memberships it gave stay. @throws DomainError `not_found`, `precondition_failed` */
  async delete(id: string, ifMatch: SeenVersion): Promise<void> {
    const provider = await this.providers.get(id);
    requireVersion(provider, ifMatch);
    await this.database.asSystem(async () => {
      const links = await this.providers.countLinks(id);
      await this.providers.delete(provider);
      await this.audit.record({ action: 'identity-provider.delete', entity: entityOf(provider), details: { links } });
    });
  }

  private async requireOrganizations(rules: readonly { organizationId: string }[]): Promise<void> {
    const [unknown] = await this.managedRoles.unknownOrganizations(rules.map(({ organizationId }) => organizationId));
    if (unknown === undefined) return;
    throw invalid({
      field: 'roleMapping',
      message: `Role mapping names organization ${unknown}, which does not exist`,
    });
  }

  private view(provider: IdentityProvider): IdentityProviderView {
    return toIdentityProviderView(provider, callbackUrlOf(this.config, provider));
  }
}

/** Lists without repetitions, `openid` among the scopes, domains in lower case; only of what is given. */
function normalized({
  scopes,
  domains,
  roleMapping,
}: Partial<Pick<CreateIdentityProvider, 'scopes' | 'domains' | 'roleMapping'>>) {
  return {
    ...(scopes && { scopes: [...new Set(['openid', ...scopes])] }),
    ...(domains && { domains: [...new Set(domains.map((domain) => domain.toLowerCase()))] }),
    ...(roleMapping && {
      roleMapping: roleMapping.map(({ value, organizationId, role }) => ({
        value,
        organizationId: organizationId.toLowerCase(),
        role,
      })),
    }),
  };
}

/** Whoever has a provider of their own to say who they are is any user of its domains, with all that user may do. */
function requireEveryScope({ granted }: Actor): void {
  const uncovered = uncoveredScope(granted, ALL_SCOPES);
  if (uncovered !== undefined) throw insufficientScope(uncovered);
}

function requireIssuer(issuer: string): void {
  const problem = issuerProblem(issuer);
  if (problem) throw invalid({ field: 'issuer', message: problem });
}

async function requireAnswer(issuer: string): Promise<void> {
  try {
    await discover(issuer);
  } catch (error) {
    if (!(error instanceof ProviderProblem)) throw error;
    throw invalid({ field: 'issuer', message: `Issuer ${error.message}` });
  }
}
