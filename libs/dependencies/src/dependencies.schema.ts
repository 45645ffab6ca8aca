import type { DatabaseSchema } from '#platform/database';
import { ExchangedContent } from './exchange/content.entity';
import { ExportRow } from './export/export.entity';
import { ImportRow } from './import/import.entity';
import {
  DependencyChangeRow,
  DependencyEntityRow,
  DependencyGraphRow,
  DependencyReferenceRow,
} from './index/dependency.entities';
import { Dependencies1700000010000 } from './migrations/1700000010000-dependencies';
import { Exchange1700000010010 } from './migrations/1700000010010-exchange';
import { Progress1700000010020 } from './migrations/1700000010020-progress';
import { DependencyChanges1700000010030 } from './migrations/1700000010030-dependency-changes';
import { Entered1700000010040 } from './migrations/1700000010040-entered';

export const dependenciesSchema: DatabaseSchema = {
  entities: [
    DependencyGraphRow,
    DependencyChangeRow,
    DependencyEntityRow,
    DependencyReferenceRow,
    ExchangedContent,
    ExportRow,
    ImportRow,
  ],
  migrations: [
    Dependencies1700000010000,
    Exchange1700000010010,
    Progress1700000010020,
    DependencyChanges1700000010030,
    Entered1700000010040,
  ],
};
