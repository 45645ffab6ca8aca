import { DomainError } from '#kernel';

const RETRY_AFTER_SECONDS = 5;

/** A sign-in through a company that did not come about: the message is for the person, the reason for the trail. */
export class SignInRefusal extends DomainError {
  constructor(
    kind: 'bad_request' | 'forbidden' | 'unavailable',
    message: string,
    readonly reason: string,
    /** Whom it was about, as far as that is known. */
    readonly actor?: { userId?: string; email: string },
  ) {
    super(kind, message, undefined, kind === 'unavailable' ? RETRY_AFTER_SECONDS : undefined);
  }
}
