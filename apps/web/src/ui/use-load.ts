import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Loaded<T> {
  data: T | undefined;
  error: unknown;
  /** The first time, or after what it depends on has changed. */
  loading: boolean;
  reload: () => void;
  /** What is known better than by reading again. */
  set: (data: T) => void;
}

/** What `load` gives, anew whenever one of `inputs` changes; an answer that comes too late is dropped. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, inputs: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<{ data?: T; error?: unknown; loading: boolean }>({ loading: true });
  const [round, setRound] = useState(0);
  const key = JSON.stringify(inputs);
  const before = useRef(key);
  useEffect(() => {
    const abort = new AbortController();
    const changed = before.current !== key;
    before.current = key;
    setState((last) => (changed ? { loading: true } : { ...last, loading: last.data === undefined }));
    load(abort.signal).then(
      (data) => !abort.signal.aborted && setState({ data, loading: false }),
      (error: unknown) => !abort.signal.aborted && setState((last) => ({ ...last, error, loading: false })),
    );
    return () => abort.abort();
    // `load` is made anew by every drawing; its inputs say when it differs.
  }, [key, round]);
  const reload = useCallback(() => setRound((last) => last + 1), []);
  const set = useCallback((data: T) => setState({ data, loading: false }), []);
  return { data: state.data, error: state.error, loading: state.loading, reload, set };
}

/** The value once it has rested for a moment, for searching while somebody types. */
export function useRested<T>(value: T, milliseconds = 200): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return rested;
}

/** Now, and again after so many milliseconds. */
export function useNow(milliseconds: number): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
  return now;
}
