import type { WatchedCredential } from './credential-watch';
import { InOrder } from './in-order';
import type { Session } from './session';

/** What we know of one connection to the embedded broker. */
export class Connection {
  /** Before CONNECT, and after one whose user name is no organization id, a prefix that nobody has. */
  prefix = '!/';
  /** As the client gave it, or as we chose it for one that gave none. */
  clientId = '';
  clientIdAssigned = false;
  willTopic: string | undefined;
  /** What it signed in with, until its will is kept. */
  willToken: string | undefined;
  credentialKey: string | undefined;
  /** Set once it has signed in. */
  credential: WatchedCredential | undefined;
  /** From its sign-in until its end; its own as long as it is the session's holder. */
  session: Session | undefined;
  /** It is being closed for an error: what still arrives is not looked at. */
  failed = false;
  /** Messages are forwarded in the order of arrival, and acknowledged in it (MQTT 5, section 4.6). */
  readonly order = new InOrder();
  readonly answers = new InOrder();
}
