import { ALL_SCOPES, type Actor } from '#kernel';
import { toMember, type Standing } from './standing';

const NOW = new Date('2026-01-01T00:00:00Z');
const ORGANIZATION = '0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d';

const actor = (over: Partial<Actor> = {}): Actor => ({
  userId: 'user',
  email: 'user@example.com',
  systemAdmin: false,
  credential: { kind: 'token', id: 'token' },
  granted: ALL_SCOPES,
  ...over,
});
const standing = (over: Partial<Standing> = {}): Standing => ({
  status: 'active',
  maintenance: null,
  role: 'viewer',
  ...over,
});
const member = (of: Actor, at: Standing | undefined) => toMember(of, ORGANIZATION, at, NOW);
const refusal = (of: Actor, at: Standing | undefined) => {
  try {
    member(of, at);
  } catch (error) {
    return error as object;
  }
  return undefined;
};

describe('toMember', () => {
  it('gives the scopes of the credential that the role includes', () => {
    const granted = ['uns:publish:mHv1.0/a/#', 'uns:read', 'users:read'];
    expect(member(actor({ granted }), standing()).scopes).toEqual(['uns:read']);
    expect(member(actor({ granted }), standing({ role: 'editor' })).scopes).toEqual(granted.slice(0, 2));
  });

  it('counts system administrators as admins of every organization that exists', () => {
    const admin = actor({ systemAdmin: true });
    expect(member(admin, standing({ role: undefined }))).toMatchObject({ role: 'admin', scopes: ALL_SCOPES });
    expect(refusal(admin, undefined)).toMatchObject({ kind: 'forbidden' });
  });

  it('answers the same for no membership, no organization and a client confined to others', () => {
    const answers = [
      refusal(actor(), standing({ role: undefined, status: 'suspended' })),
      refusal(actor(), undefined),
      refusal(actor({ organizationIds: ['another'] }), standing()),
      refusal(actor({ systemAdmin: true, organizationIds: [] }), standing()),
    ];
    const expected = { kind: 'forbidden', message: 'You are not a member of this organization' };
    for (const answer of answers) expect(answer).toMatchObject(expected);
    expect(member(actor({ organizationIds: [ORGANIZATION] }), standing()).role).toBe('viewer');
  });

  it('tells members of suspension, administrators too, before maintenance', () => {
    const suspended = standing({ status: 'suspended', maintenance: { message: 'Upgrade' } });
    expect(refusal(actor(), suspended)).toMatchObject({ kind: 'organization_suspended' });
    expect(refusal(actor({ systemAdmin: true }), suspended)).toMatchObject({ kind: 'organization_suspended' });
  });

  it('keeps all but admins out during maintenance, and says for how long', () => {
    const until = '2026-01-01T00:10:00Z';
    const closed = standing({ maintenance: { message: 'Upgrade', until } });
    expect(refusal(actor(), closed)).toMatchObject({ kind: 'maintenance', message: 'Upgrade', retryAfterSeconds: 600 });
    expect(refusal(actor(), standing({ maintenance: { message: 'Upgrade' } }))).toMatchObject({
      retryAfterSeconds: 60,
    });
    expect(member(actor(), { ...closed, role: 'admin' }).role).toBe('admin');
    const over = standing({ maintenance: { message: 'Upgrade', until: '2025-12-31T23:59:59Z' } });
    expect(member(actor(), over).role).toBe('viewer');
  });
});
