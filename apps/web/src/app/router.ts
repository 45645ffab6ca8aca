import { useEffect, useState } from 'preact/hooks';

type Listener = () => void;
/** Asks whether what is not saved may be lost. */
type Guard = () => boolean;

const listeners = new Set<Listener>();
let guard: Guard | undefined;

/** Goes to another place of the pages, without loading anything anew. */
export function navigate(to: string, { replace = false } = {}): void {
  if (to === location.pathname + location.search) return;
  const samePage = new URL(to, location.href).pathname === location.pathname;
  if (!samePage && guard?.() === false) return;
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  listeners.forEach((listener) => listener());
}

/** The address, as it changes. */
export function useAddress(): URL {
  const [address, setAddress] = useState(location.href);
  useEffect(() => {
    const update = (): void => setAddress(location.href);
    listeners.add(update);
    window.addEventListener('popstate', update);
    return () => {
      listeners.delete(update);
      window.removeEventListener('popstate', update);
    };
  }, []);
  return new URL(address);
}

/** While something is not saved, leaving asks first. */
export function useLeaveGuard(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return;
    guard = () => window.confirm('Leave without saving your changes?');
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => {
      guard = undefined;
      window.removeEventListener('beforeunload', warn);
    };
  }, [unsaved]);
}

/** Links within the pages stay in the page; those with a modifier, and to elsewhere, are the browser's. */
export function followLinks(): void {
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = (event.target as Element).closest?.('a[href]');
    if (!(link instanceof HTMLAnchorElement) || link.target !== '' || link.origin !== location.origin) return;
    if (!/^\/(?:dashboards|explorer|dependencies)(?:\/|$)/.test(link.pathname)) return;
    event.preventDefault();
    navigate(link.pathname + link.search);
  });
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} – MaestroHub`;
  }, [title]);
}
