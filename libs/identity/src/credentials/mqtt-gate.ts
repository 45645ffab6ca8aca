import { Injectable } from '@nestjs/common';
import { DomainError, hasScopeOn, isId, newId, type Actor, type ErrorKind, type Member } from '#kernel';
import { AuditTrail, withCall } from '#platform/audit';
import { Authenticator, OrganizationResolver } from '#platform/http';
import { MqttGate, type MqttPrincipal } from '#platform/mqtt';

/** The organization turns the caller away; anything else (the database does not answer) is no verdict. */
const REFUSALS: readonly ErrorKind[] = ['forbidden', 'organization_suspended', 'maintenance'];

/** A member, or why there is none. */
type Standing = { member: Member } | { member?: undefined; actor?: Actor; reason: string };

/** Signs MQTT clients in: user name = organization id, password = any token of the platform. */
@Injectable()
export class CredentialMqttGate extends MqttGate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly organizations: OrganizationResolver,
    private readonly audit: AuditTrail,
  ) {
    super();
  }

  override async signIn(userName: string, password: string, address = ''): Promise<MqttPrincipal | undefined> {
    const standing = await this.standing(userName, password);
    if (standing.member) return this.principal(standing.member, userName, password);
    const { actor, reason } = standing;
    const entry = { action: 'mqtt.connect', ...(isId(userName) && { organizationId: userName.toLowerCase() }) };
    withCall(callOf(actor, address), () => this.audit.refused(entry, reason));
    return undefined;
  }

  private principal(member: Member, userName: string, password: string): MqttPrincipal {
    const lookUp = async (): Promise<Member | undefined> => (await this.standing(userName, password)).member;
    return new MemberPrincipal(member, lookUp, (topic) => this.notePublish(member, topic));
  }

  /** Once for each topic, as the broker remembers what it was told. */
  private notePublish(member: Member, topic: string): void {
    const entry = { action: 'mqtt.publish', organizationId: member.organizationId, details: { topic } };
    withCall(callOf(member, ''), () => this.audit.refused(entry, 'not allowed on this topic'));
  }

  private async standing(organizationId: string, token: string): Promise<Standing> {
    if (!isId(organizationId)) return { reason: 'the user name is no organization id' };
    const actor = await this.authenticator.authenticate(token);
    if (!actor) return { reason: 'missing or invalid token' };
    try {
      return { member: await this.organizations.resolve(actor, organizationId.toLowerCase()) };
    } catch (error) {
      if (error instanceof DomainError && REFUSALS.includes(error.kind)) return { actor, reason: error.message };
      throw error;
    }
  }
}

const callOf = (caller: Actor | Member | undefined, address: string) => ({
  requestId: newId(),
  address,
  userAgent: undefined,
  ...(caller && { caller }),
});

class MemberPrincipal implements MqttPrincipal {
  constructor(
    private readonly member: Member,
    private readonly lookUp: () => Promise<Member | undefined>,
    private readonly notePublish: (topic: string) => void,
  ) {}

  get organizationId(): string {
    return this.member.organizationId;
  }

  mayPublish(topic: string): boolean {
    const may = hasScopeOn(this.member.scopes, 'uns:publish', topic);
    if (!may) this.notePublish(topic);
    return may;
  }

  maySubscribe(filter: string): boolean {
    return hasScopeOn(this.member.scopes, 'uns:read', filter);
  }

  async refresh(): Promise<MqttPrincipal | undefined> {
    const member = await this.lookUp();
    if (!member) return undefined;
    return sameScopes(member, this.member) ? this : new MemberPrincipal(member, this.lookUp, this.notePublish);
  }
}

const sameScopes = (one: Member, other: Member): boolean =>
  one.scopes.length === other.scopes.length && one.scopes.every((scope, index) => scope === other.scopes[index]);
