import type { DatabaseSchema } from '#platform/database';
import { Uns1700000003000 } from './migrations/1700000003000-uns';
import { Epochs1700000003001 } from './migrations/1700000003001-epochs';
import { Live1700000003002 } from './migrations/1700000003002-live';
import { TopicDays1700000003003 } from './migrations/1700000003003-topic-days';
import { CoveringKey1700000003004 } from './migrations/1700000003004-covering-key';
import { Topics1700000003010 } from './migrations/1700000003010-topics';
import { Schemas1700000003020 } from './migrations/1700000003020-schemas';
import { UnsSettings1700000003030 } from './migrations/1700000003030-settings';
import { QuarantinedValue } from './quarantine/quarantined-value.entity';
import { SchemaBinding } from './schemas/schema-binding.entity';
import { TopicSchema } from './schemas/topic-schema.entity';
import { UnsSettingChange, UnsSettings } from './settings/uns-settings.entity';
import { Topic } from './topics/topic.entity';

export const unsSchema: DatabaseSchema = {
  entities: [Topic, TopicSchema, SchemaBinding, QuarantinedValue, UnsSettings, UnsSettingChange],
  migrations: [
    Uns1700000003000,
    Epochs1700000003001,
    Live1700000003002,
    TopicDays1700000003003,
    CoveringKey1700000003004,
    Topics1700000003010,
    Schemas1700000003020,
    UnsSettings1700000003030,
  ],
};
