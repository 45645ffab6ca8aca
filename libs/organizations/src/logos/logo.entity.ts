import { Column, Entity, ForeignKey, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import { Organization } from '../organization.entity';

export const LOGO_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/svg+xml'] as const;
export type LogoType = (typeof LOGO_TYPES)[number];

/** The picture an organization is known by, as it is served. */
@Entity('organization_logos')
export class Logo {
  @PrimaryColumn('uuid', { name: 'organization_id', primaryKeyConstraintName: 'organization_logos_pkey' })
  @ForeignKey(() => Organization, { name: 'organization_logos_organization_fkey', onDelete: 'CASCADE' })
  organizationId!: string;

  /** By its content, whatever it was sent as. */
  @Column('text', { name: 'media_type' })
  mediaType!: LogoType;

  @Column('bytea')
  content!: Buffer;

  /** SHA-256 of the content; the ETag is made from it. */
  @Column('text')
  digest!: string;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
