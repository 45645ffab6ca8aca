import { Injectable } from '@nestjs/common';
import type { ImportRow } from './import.entity';
import { ImportsRepository } from './imports.repository';
import { WorkProgress } from './work-progress';

const REPORT_MS = 1_000;

/** Shows others how far an import is while it is executed or undone. That cannot be seen of the transaction that does it. */
@Injectable()
export class ProgressReports {
  constructor(private readonly imports: ImportsRepository) {}

  /** To be called outside of any transaction. Whether the reports arrive makes no difference to the work. */
  async during<T>(row: ImportRow, work: (progress: WorkProgress) => Promise<T>): Promise<T> {
    const progress = new WorkProgress();
    let isTold = false;
    let report: Promise<void> | undefined;
    const tell = async (): Promise<void> => {
      await this.imports.report(row, progress).catch(() => undefined);
      report = undefined;
    };
    const timer = setInterval(() => {
      if (report || progress.total === 0) return;
      isTold = true;
      report = tell();
    }, REPORT_MS);
    try {
      return await work(progress);
    } finally {
      clearInterval(timer);
      await report;
      if (isTold) await this.imports.endReports(row).catch(() => undefined);
    }
  }
}
