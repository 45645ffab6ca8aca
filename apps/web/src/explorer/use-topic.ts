import { useEffect, useRef, useState } from 'preact/hooks';
import { RecordStream, type StreamState } from '../api/record-stream';
import type { Topic, UnsRecord } from '../api/types';
import { useHub } from '../app/context';
import { useLoad } from '../ui/use-load';

const MOST_SHOWN = 50;
const REDRAW_MS = 250;

export interface TopicLive {
  topic: Topic | undefined;
  error: unknown;
  /** Of the topic itself, newest first. */
  records: UnsRecord[];
  state: StreamState | undefined;
  reload: () => void;
}

/** A topic and its newest values, which go on as they come. `onRecords` is told those that are new. */
export function useTopic(path: string, onRecords: (records: UnsRecord[]) => void): TopicLive {
  const { client } = useHub();
  const [records, setRecords] = useState<UnsRecord[]>([]);
  const [state, setState] = useState<StreamState>();
  const told = useRef(onRecords);
  told.current = onRecords;
  const { data, error, reload } = useLoad(
    async (signal) => {
      const topic = await client.get<Topic>('/uns/topics/by-path', { topic: path }, signal);
      const recent = await client.get<UnsRecord[]>('/uns/data/recent', { topic: path, limit: MOST_SHOWN }, signal);
      return { topic, recent };
    },
    [path],
  );
  useEffect(() => {
    if (data) setRecords((before) => merged(before, data.recent));
  }, [data]);

  useEffect(() => {
    let waiting: UnsRecord[] = [];
    const draw = setInterval(() => {
      if (waiting.length === 0) return;
      const news = waiting;
      waiting = [];
      setRecords((before) => merged(before, news));
      told.current(news);
    }, REDRAW_MS);
    const stream = new RecordStream(client, [path], {
      records: (news) => (waiting = [...waiting, ...news].slice(-1_000)),
      state: setState,
      gap: reload,
    });
    return () => {
      clearInterval(draw);
      stream.close();
    };
  }, [client, path]);

  return { topic: data?.topic, error, records, state, reload };
}

/** Newest first, each once: a record is known by its times where it has no id. */
function merged(before: readonly UnsRecord[], news: readonly UnsRecord[]): UnsRecord[] {
  const keyOf = ({ timestamp, receivedAt, value }: UnsRecord): string =>
    `${timestamp} ${receivedAt} ${JSON.stringify(value)}`;
  const all = new Map([...news, ...before].map((record) => [keyOf(record), record]));
  return [...all.values()].sort((a, b) => b.timestamp.localeCompare(a.timestamp)).slice(0, MOST_SHOWN);
}
