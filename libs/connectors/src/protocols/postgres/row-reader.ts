import { Query, type Connection, type FieldDef, type QueryConfig } from 'pg';
import type { BoundSql } from '../sql/bound-sql';
import type { ResultRows } from '../sql/result-rows';
import { parseValue, typeName } from './postgres-types';

interface RowDescription {
  fields: FieldDef[];
}

interface DataRow {
  fields: (string | null)[];
  /** Bytes. */
  length: number;
}

/** What the client tells every query, which its types do not say. */
interface ToldByClient {
  /** Asks for as many rows again. */
  handlePortalSuspended(connection: Connection): void;
  handleError(error: Error, connection: Connection): void;
}

const usual = Query.prototype as unknown as ToldByClient;

/**
 * A statement whose rows are read up to a limit. The client hands a query every message of the server for it; this takes the
 * rows before the usual one keeps them all.
 */
export class RowReader extends Query {
  private fields: FieldDef[] = [];
  private suspended = false;

  /**
   * @param toItsEnd the rows that are too many are read too, since only then the server tells how many there were.
   * @param tooLarge called when the rows are larger than a result may be; the client is to be destroyed then.
   */
  constructor(
    { text, values }: BoundSql,
    private readonly kept: ResultRows,
    private readonly toItsEnd: boolean,
    private readonly tooLarge: () => void,
    done: (error: Error | undefined, affected: number) => void,
  ) {
    const config = { text, values, rows: kept.most + 1 };
    super(config as QueryConfig, (error, result) => done(error, this.suspended ? kept.seen : (result?.rowCount ?? 0)));
  }

  handleRowDescription({ fields }: RowDescription): void {
    this.fields = fields;
    this.kept.describe(fields.map(({ name, dataTypeID }) => ({ name, type: typeName(dataTypeID) })));
  }

  handleDataRow({ fields, length }: DataRow): void {
    this.kept.add(length, () => fields.map((text, index) => parseValue(this.fields[index]!.dataTypeID, text)));
    if (this.kept.tooLarge) this.tooLarge();
  }

  /** The server was asked for one row more than are wanted, and has sent that many. */
  handlePortalSuspended(connection: Connection): void {
    // The server counts each portion by itself.
    this.suspended = true;
    if (this.toItsEnd) usual.handlePortalSuspended.call(this, connection);
    else connection.sync();
  }

  /** Read in portions, a statement is not followed by the message that makes the server go on after an error. */
  handleError(error: Error, connection: Connection): void {
    connection.sync();
    usual.handleError.call(this, error, connection);
  }
}
