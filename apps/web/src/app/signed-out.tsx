import type { Session } from '../api/session';
import { Button } from '../ui/button';

/** For whoever has left, or did not get in. */
export const SignedOut = ({ session, problem }: { session: Session; problem?: string }) => (
  <main class="alone">
    <p class="brand">
      Maestro<span>Hub</span>
    </p>
    <h1>{problem === undefined ? 'You are signed out' : 'You are not signed in'}</h1>
    <p class="soft">{problem ?? 'Nothing of your sign-in is left in this browser.'}</p>
    <Button kind="main" onClick={() => void session.begin('/dashboards')}>
      Sign in
    </Button>
  </main>
);
