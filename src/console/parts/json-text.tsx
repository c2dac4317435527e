/** Longer text is shown plain: each coloured word is an element. */
const LONGEST_COLOURED = 20_000;

const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/g;

/** JSON with its names and values in colours. */
export function JsonText({ text }: { text: string }) {
  if (text.length > LONGEST_COLOURED) return text;
  const parts = [];
  let done = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [whole, string, colon = ''] = match;
    parts.push(text.slice(done, match.index));
    const className = string === undefined ? 'json-value' : colon ? 'json-name' : 'json-string';
    parts.push(
      <span key={match.index} className={className}>
        {string ?? whole}
      </span>,
      string === undefined ? '' : colon,
    );
    done = match.index + whole.length;
  }
  return [...parts, text.slice(done)];
}
