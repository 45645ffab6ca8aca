import { ApiProperty } from '@nestjs/swagger';

export class PreviousBrokerView {
  /** Host and port. @example "old-broker.example.com:1883" */
  address!: string;

  @ApiProperty({ enum: ['connected', 'connecting'] })
  state!: 'connected' | 'connecting';

  lastMessageAt!: Date | null;
}

export class BrokerProcessView {
  id!: string;

  host!: string;

  pid!: number;

  /** @example ["uns"] */
  roles!: string[];

  startedAt!: Date;

  @ApiProperty({ enum: ['embedded', 'outside'] })
  mode!: 'embedded' | 'outside';

  /** Host and port of the broker that this process uses. @example "127.0.0.1:1883" */
  address!: string;

  @ApiProperty({ enum: ['connected', 'connecting', 'stopped'] })
  state!: 'connected' | 'connecting' | 'stopped';

  messagesIn!: number;

  messagesOut!: number;

  inPerSecond!: number;

  outPerSecond!: number;

  lag!: number;

  /** Why it does not use the chosen broker; null where it does. */
  problem!: string | null;
}

export class BrokerView {
  /** Whose figures these are: the whole instance's for its administrators, else the organization's own. */
  @ApiProperty({ enum: ['instance', 'organization'] })
  of!: 'instance' | 'organization';

  @ApiProperty({ enum: ['embedded', 'outside'] })
  mode!: 'embedded' | 'outside';

  /** Host and port; null where no process runs the embedded broker. @example "127.0.0.1:1883" */
  @ApiProperty({ type: String, nullable: true })
  address!: string | null;

  /**
   * `connected`; `connecting`: a process does not reach the broker; `switching`: a process still uses another one;
   * `stopped`: no process takes data in.
   */
  @ApiProperty({ enum: ['connected', 'connecting', 'switching', 'stopped'] })
  state!: 'connected' | 'connecting' | 'switching' | 'stopped';

  uptimeSeconds!: number;

  /** Clients that are signed in; null with an outside broker, which alone knows. */
  @ApiProperty({ type: Number, nullable: true })
  clients!: number | null;

  /** Taken in and stored, since the processes started. */
  messagesIn!: number;

  /** To subscribers of the embedded broker, or to the outside one, since the processes started. */
  messagesOut!: number;

  /** A second, over the last seconds. */
  inPerSecond!: number;

  outPerSecond!: number;

  /** Messages that were taken and are not stored yet. */
  lag!: number;

  /** When the last message came; null where none did. */
  lastMessageAt!: Date | null;

  /** Brokers that are no longer in use and still listened to. */
  @ApiProperty({ type: [PreviousBrokerView] })
  previous!: PreviousBrokerView[];

  /** Each process; for system administrators. */
  @ApiProperty({ type: [BrokerProcessView], required: false })
  processes?: BrokerProcessView[];
}
