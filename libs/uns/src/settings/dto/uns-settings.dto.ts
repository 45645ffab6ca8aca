import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsDefined, IsIn, IsOptional, IsString, MaxLength, ValidateIf, ValidateNested } from 'class-validator';
import { IfGiven } from '#platform/http';

const LONGEST_PEM = 65_536;

const IfOutside = (): PropertyDecorator => ValidateIf(({ kind }: BrokerSettings) => kind === 'outside');

const IfElsewhere = (): PropertyDecorator => ValidateIf(({ kind }: StorageSettings) => kind !== 'main');

export class StorageSettings {
  /** `main`: the main database; `postgres`, `timescale`: another one, in which days are partitions or chunks of a hypertable. */
  @IsDefined()
  @IsIn(['main', 'postgres', 'timescale'])
  kind!: 'main' | 'postgres' | 'timescale';

  /** Address of the other database, without credentials. @example "postgres://history.example.com:5432/records" */
  @IfElsewhere()
  @IsString()
  @MaxLength(1_000)
  @ApiProperty({ required: false })
  url?: string;

  /** Its role there owns the tables, and may make roles. @example "maestrohub" */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  username?: string | null;

  /** Kept sealed. Left out or masked it stays what it is, for the same address and user. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  password?: string | null;
}

export class BrokerSettings {
  /** `embedded`: the one in the process; `outside`: one of your own. */
  @IsDefined()
  @IsIn(['embedded', 'outside'])
  kind!: 'embedded' | 'outside';

  /** Address of an outside broker, without credentials: mqtt, mqtts, ws or wss. @example "mqtts://broker.example.com:8883" */
  @IfOutside()
  @IsString()
  @MaxLength(1_000)
  @ApiProperty({ required: false })
  url?: string;

  /** @example "maestrohub" */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  username?: string | null;

  /** Kept sealed. Left out or masked it stays what it is, for the same address and user; null removes it. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  password?: string | null;

  /** Certificate in PEM that the broker's is trusted by, instead of the usual authorities. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_PEM)
  ca?: string | null;

  /** Our own certificate in PEM, for a broker that asks for one. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_PEM)
  certificate?: string | null;

  /** Its key in PEM. Kept sealed; left out or masked it stays what it is, for the same address and certificate. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_PEM)
  privateKey?: string | null;
}

/** A part that is left out stays as it is. */
export class PutUnsSettings {
  @IfGiven()
  @IsDefined()
  @ValidateNested()
  @Type(() => StorageSettings)
  @ApiProperty({ required: false, type: () => StorageSettings })
  storage?: StorageSettings;

  @IfGiven()
  @IsDefined()
  @ValidateNested()
  @Type(() => BrokerSettings)
  @ApiProperty({ required: false, type: () => BrokerSettings })
  broker?: BrokerSettings;
}

export class UnsSettingsView {
  @ApiProperty({ type: () => StorageSettings })
  storage!: object;

  /** Secrets are always masked. */
  @ApiProperty({ type: () => BrokerSettings })
  broker!: object;

  /** The parts that nobody has stored: the environment decides on them. @example ["storage", "broker"] */
  fromEnvironment!: string[];

  /** How the processes get on with each part: whether all have followed, and what is still under way. */
  @ApiProperty({ type: Object })
  state!: object;

  /** Counts the changes; the ETag is made from it. */
  version!: number;

  updatedAt!: Date;
}

export class SettingsCheck {
  /** @example "broker: connect" */
  name!: string;

  ok!: boolean;

  /** In plain words. @example "The broker answers" */
  message!: string;

  durationMs!: number;
}

export class SettingsTest {
  /** Whether every check went well. */
  ok!: boolean;

  /** In their order, up to the first of each part that failed. */
  @ApiProperty({ type: [SettingsCheck] })
  checks!: SettingsCheck[];
}

export class UnsSettingChangeView {
  at!: Date;

  /** Id of the user. */
  userId!: string;

  /** As it was then. */
  userEmail!: string;

  /** @example "broker" */
  field!: string;

  /** Without secrets. */
  @ApiProperty({ type: Object, nullable: true })
  old!: object | null;

  @ApiProperty({ type: Object, nullable: true })
  new!: object | null;
}
