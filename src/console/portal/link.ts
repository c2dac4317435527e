const [, id] = /^\/portal\/(\w+)/.exec(location.pathname) ?? [];

/** The portal link that this page was opened by; undefined for those who sign in with a key. */
export const portalId: string | undefined = id;

/** Below which all pages are: those of a portal may stand in frames where others may not. */
export const basePath = portalId === undefined ? '/' : `/portal/${portalId}`;

/** The token that the link brought along. It is taken out of the address bar, and out of this window's history. */
export const broughtToken = takeToken();

function takeToken(): string | undefined {
  if (portalId === undefined || location.hash.length < 2) return undefined;
  const token = location.hash.slice(1);
  history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}
