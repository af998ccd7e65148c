// A text key as it stands between the brackets of a URI: quoted where the grammar needs it, then percent-encoded.

/** Safe without quotes (spec 01 § 2.2). */
const bare = /^[^&/?"'(),[\]\s]+$/;

/** The inverse of how request/key-text.ts reads keys. */
export function keyInUri(key: string): string {
  if (bare.test(key)) return encodeURIComponent(key);
  const quoted = key.replace(/(\\*)"/g, '$1$1""').replace(/\\+$/, '$&$&');
  return `%22${encodeURIComponent(quoted)}%22`;
}
