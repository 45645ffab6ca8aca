import { invalid } from '#kernel';

/** Drawn by hand or exported, logos have hundreds of elements; looking at this many takes some tenths of a second. */
const MOST_ELEMENTS = 2_000;
const MOST_ATTRIBUTES = 10_000;
const LONGEST = 256 * 1024;

/** Kept by the sanitizer, but they load, lead or move somewhere, or bring a language of their own. */
const FORBIDDEN_TAGS = [
  'a',
  'animate',
  'animatecolor',
  'animatemotion',
  'animatetransform',
  'image',
  'feimage',
  'set',
  'style',
  'title',
];

const refuse = (message: string) => invalid({ field: 'file', message: `File ${message}` });

/** Whether a text is meant as SVG: its first element says so. */
export const looksLikeSvg = (text: string): boolean =>
  /^\uFEFF?\s*(?:<\?xml[^>]*>\s*|<!--[^]*?-->\s*|<!DOCTYPE[^>[]*(?:\[[^\]]*\])?[^>]*>\s*)*<(?:\w+:)?svg[\s/>]/i.test(
    text,
  );

/**
 * The drawing without anything that acts, loads or leads elsewhere: DOMPurify's list of harmless SVG, and of that no
 * references but to parts of itself.
 * @param begin is called once nothing but the drawing itself takes time.
 * @throws DomainError `bad_request` for what is no SVG, or too large to look at.
 */
export async function harmlessSvg(text: string, begin: () => void): Promise<string> {
  if (text.length > LONGEST) throw refuse(`is a drawing of more than ${LONGEST / 1024} KiB`);
  // Entities can make megabytes of a few letters, and declare what is loaded.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw refuse('must have no document type declaration');
  if ((text.match(/<[^/!?]/g)?.length ?? 0) > MOST_ELEMENTS) {
    throw refuse(`is a drawing of more than ${MOST_ELEMENTS} elements`);
  }
  if ((text.match(/=\s*["']/g)?.length ?? 0) > MOST_ATTRIBUTES) {
    throw refuse(`is a drawing of more than ${MOST_ATTRIBUTES} attributes`);
  }
  // Large, and loaded with the first drawing.
  const [{ JSDOM }, { default: createDOMPurify }] = await Promise.all([import('jsdom'), import('dompurify')]);
  begin();
  const { window } = new JSDOM('');
  try {
    const document = new window.DOMParser().parseFromString(text, 'image/svg+xml');
    const root = document.documentElement;
    if (root.localName !== 'svg' || root.namespaceURI !== 'http://www.w3.org/2000/svg') throw refuse('is no SVG');
    const purify = createDOMPurify(window);
    purify.addHook('uponSanitizeAttribute', (_, attribute) => {
      if (!isInside(attribute.attrName, attribute.attrValue)) attribute.keepAttr = false;
    });
    purify.sanitize(root as unknown as Node, {
      IN_PLACE: true,
      USE_PROFILES: { svg: true, svgFilters: true },
      FORBID_TAGS: FORBIDDEN_TAGS,
      FORBID_ATTR: ['style'],
      ALLOW_DATA_ATTR: false,
      ALLOW_ARIA_ATTR: false,
    });
    return new window.XMLSerializer().serializeToString(root);
  } finally {
    window.close();
  }
}

/** References lead to parts of the drawing itself: `#gradient`, `url(#gradient)`. */
function isInside(name: string, value: string): boolean {
  if (name === 'href' || name.endsWith(':href')) return value.startsWith('#');
  const urls = value.match(/url\s*\([^)]*\)?/gi) ?? [];
  return urls.every((url) => /^url\(\s*["']?#[\w.:-]+["']?\s*\)$/i.test(url));
}
