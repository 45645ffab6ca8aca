import type { ComponentChildren, ComponentType } from 'preact';
import { useEffect, useErrorBoundary, useState } from 'preact/hooks';
import { Failure, Loading } from './states';

/** A component whose code is fetched when it is first shown. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [, setReady] = useState(loaded !== undefined);
    const [error, setError] = useState<unknown>();
    useEffect(() => {
      if (loaded) return;
      load().then((component) => {
        loaded = component;
        setReady(true);
      }, setError);
    }, []);
    if (error !== undefined) return <Failure error={error} onRetry={() => location.reload()} />;
    const Component = loaded;
    return Component ? <Component {...props} /> : <Loading what="page" />;
  };
}

/** Where something below fails, it says so instead of leaving nothing. */
export function Boundary({ children }: { children: ComponentChildren }) {
  const [error, reset] = useErrorBoundary() as [unknown, () => void];
  return error === undefined ? <>{children}</> : <Failure error={error} onRetry={reset} />;
}
