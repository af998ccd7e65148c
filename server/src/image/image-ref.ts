// The version number in an image URL: reading it, and which caching row it means.

/** What `$version` says. */
export type VersionAsked =
  { readonly kind: 'absent' } | { readonly kind: 'garbage' } | { readonly kind: 'number'; readonly value: number }; // oxfmt-ignore

const absent: VersionAsked = { kind: 'absent' };
const garbage: VersionAsked = { kind: 'garbage' };
const decimal = /^(?:0|[1-9][0-9]{0,15})$/;

/**
 * The value of `$version` after percent-decoding (spec 10 § 2.10). Never an error.
 * @param count how often the parameter was given; more than once is garbage
 */
export function parseVersion(text: string | undefined, count: number): VersionAsked {
  if (count === 0) return absent;
  if (count > 1 || text === undefined || !decimal.test(text)) return garbage;
  // 16 digits may pass 2^53 and lose their last digit. Versions stay below, so such a number is above them either way.
  return { kind: 'number', value: Number(text) };
}

/**
 * Row of the caching contract (spec 10 § 9): C current, O older, A absent, N newer, G garbage.
 * A number above the image's but not above the entity's can never become current for other bytes, so it is treated
 * as absent (DECISIONS P5).
 * @param version number of the image, read together with its bytes
 * @param entityVersion number the image would have had if the last save of its entity had changed it; at least `version`
 */
export function cachingCase(asked: VersionAsked, version: number, entityVersion: number): 'C' | 'O' | 'A' | 'N' | 'G' {
  switch (asked.kind) {
    case 'absent':
      return 'A';
    case 'garbage':
      return 'G';
    case 'number':
      if (asked.value === version) return 'C';
      if (asked.value < version) return 'O';
      return asked.value <= entityVersion ? 'A' : 'N';
    default:
      return asked satisfies never;
  }
}
