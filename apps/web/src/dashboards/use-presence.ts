import { useEffect } from 'preact/hooks';
import { useHub } from '../app/context';

const EVERY_MS = 60_000;

/** Says every minute that somebody looks at the dashboard, as long as the page is seen. */
export function usePresence(id: string): void {
  const { client } = useHub();
  useEffect(() => {
    const tell = (): void => {
      // Whoever looks has other news of a server that does not answer.
      if (!document.hidden) client.get(`/uns/dashboards/${id}/viewers`).catch(() => undefined);
    };
    tell();
    const timer = setInterval(tell, EVERY_MS);
    document.addEventListener('visibilitychange', tell);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tell);
    };
  }, [client, id]);
}
