// The functions that statements call and PostgreSQL does not have: what functions.ts of the SQLite engine does, so that
// both find and print the same. They are part of the database, made when it is prepared.
import { createHash } from 'node:crypto';
import { foldTable } from '../sql/fold.ts';
import { literal } from '../sql/columns.ts';
import { raw, sql, type Sql } from '../sql/sql.ts';
import { exactSum } from './json.ts';

/** Whatever the collation of the database, ranges of characters are ranges of code points. */
const plain = 'COLLATE "C"';

/** What JavaScript calls white space. */
const spaces = '\\t\\n\\v\\f\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff';

/** The characters that words are made of (words.ts), as ranges for a regular expression. */
function wordCharacters(): string {
  const isWord = /[\p{L}\p{M}\p{N}']/u;
  const escape = (point: number): string => `\\U${point.toString(16).padStart(8, '0')}`;
  const ranges: string[] = [];
  let first: number | undefined;
  for (let point = 0; point <= 0x110000; point++) {
    const inside = point < 0x110000 && (point < 0xd800 || point > 0xdfff) && isWord.test(String.fromCodePoint(point));
    if (inside) first ??= point;
    else if (first !== undefined) {
      ranges.push(first === point - 1 ? escape(first) : `${escape(first)}-${escape(point - 1)}`);
      first = undefined;
    }
  }
  return ranges.join('');
}

const create = (head: string, kind: string, body: string): string =>
  `CREATE OR REPLACE FUNCTION ${head} ${kind} AS $keystamp$ ${body} $keystamp$`;

const procedure = 'LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE';
const expression = 'LANGUAGE sql STABLE PARALLEL SAFE';

/**
 * fold() of fold.ts. Most texts are ASCII or become so when accents are taken off; others are looked up character by
 * character. It names nothing but what the system has, because an index holds it.
 * @param normalizes whether the database knows normalize()
 */
const foldFunction = (normalizes: boolean): string =>
  create(
    'keystamp_fold(given text) RETURNS text',
    procedure,
    `${normalizes ? 'DECLARE bare text;' : ''} BEGIN
      IF octet_length(given) = length(given) THEN RETURN lower(given ${plain}); END IF;
      ${
        normalizes
          ? `bare := regexp_replace(normalize(given, NFKD), '[\\u0300-\\u036f]+', '', 'g');
      IF octet_length(bare) = length(bare) THEN RETURN lower(bare ${plain}); END IF;`
          : ''
      }
      RETURN (SELECT lower(coalesce(string_agg(coalesce(CAST(${literal(JSON.stringify(Object.fromEntries(foldTable()))).text} AS jsonb) ->> each, each), '' ORDER BY place), '') ${plain})
        FROM unnest(string_to_array(given, NULL)) WITH ORDINALITY AS characters(each, place));
    END`,
  );

/**
 * Numbers from 2^53 on. The shortest digits that stand for a number may lie just between it and the next one; there
 * PostgreSQL writes more digits than JavaScript.
 */
const largeNumberFunction = create(
  'keystamp_large_number(given double precision) RETURNS text',
  procedure,
  `DECLARE long numeric := CAST(CAST(abs(given) AS text) AS numeric); short numeric; digits text;
  BEGIN
    FOR count IN 1..17 LOOP
      short := round(long, count - length(CAST(trunc(long) AS text)));
      CONTINUE WHEN short > 1.7976931348623157e308;
      EXIT WHEN CAST(short AS double precision) = abs(given);
    END LOOP;
    digits := CAST(trunc(short) AS text);
    IF short >= 1e21 THEN
      digits := regexp_replace(regexp_replace(rtrim(digits, '0'), '^(.)(.)', '\\1.\\2'), '$', concat('e+', length(digits) - 1));
    END IF;
    RETURN CASE WHEN given < 0 THEN concat('-', digits) ELSE digits END;
  END`,
);

/** As JavaScript prints numbers. */
const numberFunction = create(
  'keystamp_number(given double precision) RETURNS text',
  expression,
  `SELECT CASE
    WHEN abs(given) >= 9007199254740992 THEN keystamp_large_number(given)
    WHEN given = trunc(given) THEN CAST(CAST(given AS bigint) AS text)
    WHEN abs(given) >= 1e-6 THEN CAST(CAST(CAST(given AS text) AS numeric) AS text)
    ELSE regexp_replace(CAST(given AS text), 'e([+-])0+', 'e\\1') END`,
);

/** Milliseconds since 1970 as ISO text. */
const instantFunction = create(
  'keystamp_instant(given bigint) RETURNS text',
  expression,
  `SELECT concat(to_char(to_timestamp((given - (given % 1000 + 1000) % 1000) / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.'), lpad(CAST((given % 1000 + 1000) % 1000 AS text), 3, '0'), 'Z')`,
);

/** The day as its number since 1970, null when the calendar does not have it. */
const dayFunction = create(
  'keystamp_day(year integer, month integer, day integer) RETURNS bigint',
  'LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE',
  `BEGIN
    IF year < 1 OR month < 1 OR month > 12 OR day < 1 THEN RETURN NULL; END IF;
    IF day > (CASE WHEN month IN (4, 6, 9, 11) THEN 30 WHEN month <> 2 THEN 31
      WHEN year % 4 = 0 AND (year % 100 <> 0 OR year % 400 = 0) THEN 29 ELSE 28 END) THEN RETURN NULL; END IF;
    RETURN make_date(year, month, day) - date '1970-01-01';
  END`,
);

/** parseInstant() of model/dates.ts. */
const instantOfFunction = create(
  'keystamp_instant_of(given text) RETURNS bigint',
  procedure,
  `DECLARE parts text[]; zone text[]; days bigint; made bigint; bare text;
  BEGIN
    parts := regexp_match(given, '^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\\.([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$');
    IF parts IS NOT NULL THEN
      days := keystamp_day(parts[1]::integer, parts[2]::integer, parts[3]::integer);
      IF days IS NULL OR parts[4]::integer > 24 OR parts[5]::integer > 59 OR coalesce(parts[6], '0')::integer > 59
        THEN RETURN NULL; END IF;
      made := parts[4]::integer * 3600000::bigint + parts[5]::integer * 60000 + coalesce(parts[6], '0')::integer * 1000
        + left(rpad(coalesce(parts[7], ''), 3, '0'), 3)::integer;
      IF parts[4] = '24' AND (made > 86400000 OR coalesce(parts[7], '') ~ '[1-9]') THEN RETURN NULL; END IF;
      made := made + days * 86400000;
      zone := regexp_match(coalesce(parts[8], ''), '^([+-])([0-9]{2}):?([0-9]{2})$');
      IF zone IS NOT NULL THEN
        IF zone[2]::integer > 23 OR zone[3]::integer > 59 THEN RETURN NULL; END IF;
        made := made - CASE zone[1] WHEN '-' THEN -1 ELSE 1 END * (zone[2]::integer * 60 + zone[3]::integer) * 60000;
      END IF;
      RETURN CASE WHEN made BETWEEN -62135596800000 AND 253402300799999 THEN made END;
    END IF;
    parts := regexp_match(given, '^([0-9]{1,2})!([0-9]{1,2})!([0-9]{4})$');
    IF parts IS NOT NULL THEN
      RETURN keystamp_day(parts[3]::integer, parts[2]::integer, parts[1]::integer) * 86400000;
    END IF;
    bare := coalesce((regexp_match(given, '^!{1,2}([^\\n]*?)!{1,2}$'))[1], given);
    parts := regexp_match(bare, '^([0-9]{4})-([0-9]{2})-([0-9]{2})$');
    IF parts IS NULL THEN RETURN NULL; END IF;
    RETURN keystamp_day(parts[1]::integer, parts[2]::integer, parts[3]::integer) * 86400000;
  END`,
);

/** Whether the text holds all of these words, and one that begins with the prefix, if there is one (words.ts). */
const hasWordsFunction = create(
  'keystamp_has_words(given text, wanted text[], prefix text) RETURNS boolean',
  'LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE',
  `DECLARE words text[];
  BEGIN
    IF given IS NULL THEN RETURN NULL; END IF;
    words := string_to_array(regexp_replace(keystamp_fold(given) ${plain}, '[^${wordCharacters().replaceAll("'", "''")}]+', ' ', 'g'), ' ');
    IF NOT words @> wanted THEN RETURN FALSE; END IF;
    RETURN prefix IS NULL OR EXISTS (SELECT 1 FROM unnest(words) AS word WHERE left(word, length(prefix)) = prefix AND word <> '');
  END`,
);

/** keyPart() of query/print-key.ts. */
const keyPartFunction = create(
  'keystamp_key_part(given text) RETURNS text',
  procedure,
  `BEGIN
    IF given ~ ('^[^&/?"''(),[\\]${spaces}]+$' ${plain}) THEN RETURN given; END IF;
    RETURN '"' || regexp_replace(regexp_replace(given, '(\\\\*)"', '\\1\\1""', 'g'), '(\\\\+)$', '\\1\\1') || '"';
  END`,
);

/** keyPartInUri() of query/print-key.ts. */
const keyInUriFunction = create(
  'keystamp_key_in_uri(given text) RETURNS text',
  procedure,
  `DECLARE part text := keystamp_key_part(given);
  BEGIN
    IF part ~ ('^[A-Za-z0-9_.!~*''()-]*$' ${plain}) THEN RETURN part; END IF;
    RETURN (SELECT string_agg(CASE WHEN each ~ ('^[A-Za-z0-9_.!~*''()-]$' ${plain}) THEN each
        ELSE upper(regexp_replace(encode(convert_to(each, 'UTF8'), 'hex'), '(..)', '%\\1', 'g')) END, '' ORDER BY place)
      FROM unnest(string_to_array(part, NULL)) WITH ORDINALITY AS characters(each, place));
  END`,
);

/** What \`sum\` of json.ts does, of the elements of an array. */
const sumFunction = create(
  'keystamp_sum(given double precision[]) RETURNS double precision',
  expression,
  `SELECT ${exactSum(raw('number')).text} FROM unnest(given) AS number`,
);

/** Milliseconds since 1970 of a column of another program, null for what no instant of ours is. */
const millisecondsFunction = create(
  'keystamp_milliseconds(given timestamp) RETURNS bigint',
  expression,
  `SELECT CASE WHEN given >= TIMESTAMP '0001-01-01' AND given < TIMESTAMP '10000-01-01'
    THEN CAST(round(CAST(extract(epoch FROM date_trunc('milliseconds', given)) * 1000 AS numeric)) AS bigint) END`,
);

/** The other way, in whole numbers: fractions would be rounded. */
const timestampFunction = create(
  'keystamp_timestamp(given bigint) RETURNS timestamp',
  expression,
  `SELECT TIMESTAMP '1970-01-01' + (given / 86400000) * INTERVAL '1 day' + (given % 86400000) * INTERVAL '1 millisecond'`,
);

/** Each function needs those before it. */
const others = (): readonly string[] => [
  largeNumberFunction,
  numberFunction,
  instantFunction,
  dayFunction,
  instantOfFunction,
  hasWordsFunction,
  keyPartFunction,
  keyInUriFunction,
  sumFunction,
  millisecondsFunction,
  timestampFunction,
];

/** Names what the functions would be made as, without making them; another one means that they must be made anew. */
export const functionsRevision = (normalizes: boolean): string =>
  createHash('sha256')
    .update(JSON.stringify([3, normalizes, process.versions['unicode'], process.versions['icu'], others()]))
    .digest('hex');

/** Statements that make all functions, or make them anew. */
export const functionStatements = (normalizes: boolean): readonly Sql[] =>
  [foldFunction(normalizes), ...others()].map((text) => sql`${raw(text)}`);
