import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import type { KeyState, KeyStatus } from './key-schedule';

export class RotateSigningKeys {
  /** Signs with the new key at once, for when others may have the old one; remove that one too. @example false */
  @ApiProperty({ required: false })
  @IsBoolean()
  immediately: boolean = false;
}

export class SigningKeyView {
  /** Its thumbprint (RFC 7638), as in the key set and in the header of tokens. @example "0JfQmYr5kW3m1dC8Vw1l7Jt0m3b9xk2n4q6s8u0w2y4" */
  kid!: string;

  /** `verifying` is published and signs from its time on, `signing` signs, `retiring` signs no more but still verifies. */
  @ApiProperty({ enum: ['verifying', 'signing', 'retiring'] })
  status!: KeyStatus;

  createdAt!: Date;

  /** From when on it may sign. */
  signsFrom!: Date;

  /** When the last token that it signed has expired; null while it signs or is to. */
  verifiesUntil!: Date | null;
}

export const toSigningKeyView = ({ kid, status, createdAt, signsFrom, verifiesUntil }: KeyState): SigningKeyView => ({
  kid,
  status,
  createdAt,
  signsFrom,
  verifiesUntil,
});
