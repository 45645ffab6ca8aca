import { useEffect, useState } from 'preact/hooks';

type Listener = () => void;
/** Asks whether what is not saved may be lost. */
type Guard = () => boolean;

const listeners = new Set<Listener>();
let guard: Guard | undefined;
/** The address of what is shown: the browser's buttons change its own before anybody is asked. */
let shown = location.href;

function show(): void {
  shown = location.href;
  listeners.forEach((listener) => listener());
}

const mayLeave = (to: string): boolean =>
  new URL(to, shown).pathname === new URL(shown).pathname || guard?.() !== false;

/** Goes to another place of the pages, without loading anything anew. False where somebody wants to stay. */
export function navigate(to: string, { replace = false } = {}): boolean {
  if (to === location.pathname + location.search) return true;
  if (!mayLeave(to)) return false;
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  show();
  return true;
}

/** The address, as it changes. */
export function useAddress(): URL {
  const [address, setAddress] = useState(location.href);
  useEffect(() => {
    const update = (): void => setAddress(location.href);
    listeners.add(update);
    return () => void listeners.delete(update);
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

/** The browser's back and forward; and links within the pages, but for those with a modifier: the browser has them. */
export function followLinks(): void {
  shown = location.href;
  window.addEventListener('popstate', () => {
    if (mayLeave(location.href)) show();
    else history.pushState(null, '', shown);
  });
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
