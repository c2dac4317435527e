/**
 * A URL as the WHATWG parser reads it; undefined for what is none.
 *
 * Not `URL.canParse`: once V8 has optimized its caller, that of Node.js 20 and 22 takes the bytes of a string that has
 * characters from U+0080 to U+00FF for UTF-8, and says no to `https://bücher.example`.
 */
export function parsedUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
