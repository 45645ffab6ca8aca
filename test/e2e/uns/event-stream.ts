import { createParser } from './sse-parser';

export interface StreamEvent {
  id: string;
  event: string;
  data: ReturnType<typeof JSON.parse>;
}

export interface Stream {
  status: number;
  headers: Headers;
  /** The body of an answer that is no stream. */
  body: ReturnType<typeof JSON.parse>;
  events: StreamEvent[];
  /** Values of the records that have come. */
  values: () => unknown[];
  /** Resolves when the server has ended it. */
  ended: Promise<void>;
  /** Reads no more until `resume` is called. */
  pause: () => void;
  resume: () => void;
  close: () => void;
}

/** Listens as a browser's page does, by fetch. */
export async function openStream(url: string, headers: Record<string, string>): Promise<Stream> {
  const stop = new AbortController();
  const response = await fetch(url, { headers, signal: stop.signal });
  const events: StreamEvent[] = [];
  let open = Promise.resolve();
  let release = (): void => undefined;
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const read = async (): Promise<void> => {
    const parse = createParser((event) => events.push(event));
    try {
      const decoder = new TextDecoder();
      for await (const bytes of response.body!) {
        parse(decoder.decode(bytes, { stream: true }));
        await open;
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  };
  return {
    status: response.status,
    headers: response.headers,
    body: isStream ? undefined : await response.json(),
    events,
    values: () => events.filter(({ event }) => event === 'record').map(({ data }) => data.value),
    ended: isStream ? read() : Promise.resolve(),
    pause: () => void (open = new Promise((resolve) => (release = resolve))),
    resume: () => release(),
    close: () => stop.abort(),
  };
}
