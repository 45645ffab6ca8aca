import { isUtf8 } from 'node:buffer';
import {
  invalid,
  jsonProblem,
  parseTimestamp,
  textProblem,
  topicProblem,
  type FieldProblem,
  type JsonValue,
} from '#kernel';
import { QUALITIES, type Quality, type RecordInput } from '../record';

/*
 * The one place where input becomes a record, whichever way it comes: REST, batch, MQTT, pipelines.
 */

const MAX_SOURCE_LENGTH = 255;
const FIELDS = new Set(['topic', 'value', 'source', 'timestamp', 'quality']);

type Input = Readonly<Record<string, unknown>>;

const isObject = (input: unknown): input is Input =>
  typeof input === 'object' && input !== null && !Array.isArray(input);

const absent = (input: unknown): boolean => input === undefined || input === null;

/** Reads a record from a JSON body. @throws DomainError `bad_request` with every problem. */
export function readRecord(input: unknown): RecordInput {
  const problems = problemsOf(input);
  if (problems.length > 0) throw invalid(...(problems as [FieldProblem]));
  return toRecord(input as Input);
}

/** Reads the records of a batch. @throws DomainError `bad_request` with the problems of the first bad record. */
export function readRecords(input: unknown, most: number): RecordInput[] {
  if (!isObject(input)) throw invalid({ field: 'records', message: 'Records is required' });
  const stranger = Object.keys(input).find((key) => key !== 'records');
  if (stranger !== undefined) throw invalid({ field: stranger, message: `${titleOf(stranger)} is not a known field` });
  const { records } = input;
  if (records === undefined) throw invalid({ field: 'records', message: 'Records is required' });
  if (!Array.isArray(records)) throw invalid({ field: 'records', message: 'Records must be an array' });
  if (records.length === 0 || records.length > most) {
    throw invalid({ field: 'records', message: `Records must hold 1 to ${most} entries` });
  }
  return records.map((record: unknown, index) => {
    const problems = problemsOf(record, `records[${index}].`);
    if (problems.length > 0) throw invalid(...(problems as [FieldProblem]));
    return toRecord(record as Input);
  });
}

/**
 * Reads what was published to a topic by MQTT: a JSON object with `value` and no keys beyond those of a record is a
 * record, any other JSON is the value, and what is no JSON is a text.
 * @throws DomainError `bad_request` for bytes that are not UTF-8 and for values that cannot be kept.
 */
export function readMessage(topic: string, payload: Buffer): RecordInput {
  if (!isUtf8(payload)) throw invalid({ field: 'value', message: 'Value must be valid UTF-8' });
  const value = parseOrText(payload.toString('utf8'));
  const input = isRecordLike(value) ? { ...value, topic } : { topic, value };
  return readRecord(input);
}

function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isRecordLike(value: unknown): value is Input {
  if (!isObject(value) || !('value' in value)) return false;
  for (const key in value) if (key === 'topic' || !FIELDS.has(key)) return false;
  return true;
}

function problemsOf(input: unknown, at = ''): FieldProblem[] {
  if (!isObject(input))
    return [{ field: at.slice(0, -1) || 'body', message: `${at ? 'Record' : 'Body'} must be a JSON object` }];
  const problems: FieldProblem[] = [];
  const report = (field: string, message: string | undefined): void => {
    if (message !== undefined) problems.push({ field: at + field, message });
  };
  report('topic', topicFault(input.topic));
  report('value', valueFault(input.value));
  report('source', sourceFault(input.source));
  report('timestamp', timestampFault(input.timestamp));
  report('quality', qualityFault(input.quality));
  // The first one alone: there could be a million.
  const stranger = Object.keys(input).find((key) => !FIELDS.has(key));
  if (stranger !== undefined) report(stranger, `${titleOf(stranger)} is not a known field`);
  return problems;
}

const titleOf = (field: string): string => field.charAt(0).toUpperCase() + field.slice(1, 100);

function topicFault(topic: unknown): string | undefined {
  if (absent(topic) || topic === '') return 'Topic is required';
  return typeof topic === 'string' ? topicProblem(topic) : 'Topic must be a string';
}

/** A present null is a value. */
function valueFault(value: unknown): string | undefined {
  if (value === undefined) return 'Value is required';
  const problem = jsonProblem(value);
  return problem && `Value ${problem}`;
}

function sourceFault(source: unknown): string | undefined {
  if (absent(source)) return undefined;
  if (typeof source !== 'string') return 'Source must be a string';
  if (source.length > MAX_SOURCE_LENGTH) return `Source must be at most ${MAX_SOURCE_LENGTH} characters long`;
  const problem = textProblem(source);
  return problem && `Source ${problem}`;
}

const timestampFault = (timestamp: unknown): string | undefined =>
  absent(timestamp) || parseTimestamp(timestamp) !== undefined
    ? undefined
    : 'Timestamp must be RFC 3339 or integer epoch milliseconds';

const qualityFault = (quality: unknown): string | undefined =>
  absent(quality) || QUALITIES.includes(quality as Quality)
    ? undefined
    : `Quality must be one of ${QUALITIES.join(', ')}`;

const toRecord = (input: Input): RecordInput => ({
  topic: input.topic as string,
  value: input.value as JsonValue,
  source: (input.source as string | null | undefined) ?? null,
  timestamp: parseTimestamp(input.timestamp) ?? null,
  quality: (input.quality as Quality | null | undefined) ?? 'good',
});
