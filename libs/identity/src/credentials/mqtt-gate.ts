import { Injectable } from '@nestjs/common';
import { DomainError, hasScopeOn, isId, type ErrorKind, type Member } from '#kernel';
import { Authenticator, OrganizationResolver } from '#platform/http';
import { MqttGate, type MqttPrincipal } from '#platform/mqtt';

/** The organization turns the caller away; anything else (the database does not answer) is no verdict. */
const REFUSALS: readonly ErrorKind[] = ['forbidden', 'organization_suspended', 'maintenance'];

/** Signs MQTT clients in: user name = organization id, password = any token of the platform. */
@Injectable()
export class CredentialMqttGate extends MqttGate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly organizations: OrganizationResolver,
  ) {
    super();
  }

  override async signIn(userName: string, password: string): Promise<MqttPrincipal | undefined> {
    const member = await this.member(userName, password);
    return member && new MemberPrincipal(member, () => this.member(userName, password));
  }

  private async member(organizationId: string, token: string): Promise<Member | undefined> {
    if (!isId(organizationId)) return undefined;
    const actor = await this.authenticator.authenticate(token);
    try {
      return actor && (await this.organizations.resolve(actor, organizationId.toLowerCase()));
    } catch (error) {
      if (error instanceof DomainError && REFUSALS.includes(error.kind)) return undefined;
      throw error;
    }
  }
}

class MemberPrincipal implements MqttPrincipal {
  constructor(
    private readonly member: Member,
    private readonly lookUp: () => Promise<Member | undefined>,
  ) {}

  get organizationId(): string {
    return this.member.organizationId;
  }

  mayPublish(topic: string): boolean {
    return hasScopeOn(this.member.scopes, 'uns:publish', topic);
  }

  maySubscribe(filter: string): boolean {
    return hasScopeOn(this.member.scopes, 'uns:read', filter);
  }

  async refresh(): Promise<MqttPrincipal | undefined> {
    const member = await this.lookUp();
    if (!member) return undefined;
    return sameScopes(member, this.member) ? this : new MemberPrincipal(member, this.lookUp);
  }
}

const sameScopes = (one: Member, other: Member): boolean =>
  one.scopes.length === other.scopes.length && one.scopes.every((scope, index) => scope === other.scopes[index]);
