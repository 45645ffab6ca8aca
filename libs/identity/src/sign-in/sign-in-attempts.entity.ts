import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How often somebody has tried to sign in of late: the table of `rate-limiter-flexible`, which names the columns. */
@Entity('sign_in_attempts')
export class SignInAttempts {
  /** SHA-256 of account and address, so that no address book can be read off it. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'sign_in_attempts_pkey' })
  key!: string;

  @Column('int')
  points!: number;

  /** Milliseconds since the epoch; counting begins anew after it. */
  @Column('bigint')
  expire!: string;
}
