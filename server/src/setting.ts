// What the table of settings is made of: its rows, the rules of which values they take, and how values are read.

export type SettingValue = string | number | boolean;

/** Which values a setting takes. */
export interface Rule {
  readonly holds: (value: SettingValue) => boolean;
  /** `… is expected`, for those that it does not take. */
  readonly expected: string;
}

export interface Setting<T extends SettingValue> {
  readonly default: T;
  /** Environment variable. */
  readonly env: string;
  readonly meaning: string;
  readonly rule: Rule;
}

const ofType = {
  number: { holds: (value) => Number.isSafeInteger(value) && Number(value) >= 0, expected: 'a whole number' },
  boolean: { holds: (value) => typeof value === 'boolean', expected: 'true or false' },
  string: { holds: (value) => typeof value === 'string', expected: 'a text' },
} as const satisfies Record<string, Rule>;

/** @param rule absent: any text, true and false, or any whole number from 0 on, as the default is */
export const setting = <T extends SettingValue>(
  byDefault: T,
  env: string,
  meaning: string,
  rule: Rule = ofType[typeof byDefault as keyof typeof ofType],
): Setting<T> => ({ default: byDefault, env, meaning, rule });

/** One of these words. */
export const oneOf = (...words: readonly string[]): Rule => ({
  holds: (value) => words.includes(String(value)),
  expected: `one of ${words.join(', ')}`,
});

/** A whole number within limits. */
export const wholeNumber = (
  least: number,
  most = Number.MAX_SAFE_INTEGER,
  expected = `a whole number from ${least} to ${most}`,
): Rule => ({
  holds: (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
  expected,
});

export const positive: Rule = wholeNumber(1, undefined, 'a whole number above 0');

/** Timers take no more milliseconds than 32 bits hold; past them they would run out at once. */
export const seconds = (least: 0 | 1): Rule => wholeNumber(least, 2_000_000);

/** A text of a form. */
const textOf = (holds: (text: string) => boolean, expected: string): Rule => ({
  holds: (value) => holds(String(value)),
  expected,
});

export const databaseUrl = textOf(
  (text) => /^postgres(ql)?:\/\/./.test(text) || !text.includes('://'),
  'a URL that begins with postgres://, the path of a SQLite file, or nothing',
);

export const mountPaths = textOf((text) => {
  const mounts = text.split(',');
  return mounts.every((mount) => /^(\/[\w.~-]+)+$/.test(mount)) && new Set(mounts).size === mounts.length;
}, 'a path such as /rest, or several with commas between them');

export const cookieName = textOf((text) => /^[\w-]{0,64}$/.test(text), 'a name of letters, digits, _ and -');

export const origins = textOf(
  (text) => listOf(text).every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
  'origins such as https://app.example, separated by commas,',
);

export const hosts = textOf(
  (text) => listOf(text).every((host) => /^(\[[\da-f.:]+\]|\.?[\w-]+(\.[\w-]+)*)$/i.test(host)),
  'names such as data.example or .data.example, separated by commas,',
);

/** The items of a setting that is a list. */
export const listOf = (text: string): readonly string[] =>
  text.split(',').map((item) => item.trim()).filter((item) => item !== ''); // oxfmt-ignore

/** The value that a text stands for, `undefined` when it cannot be of the type of the default. */
function readText(byDefault: SettingValue, text: string): SettingValue | undefined {
  switch (typeof byDefault) {
    case 'number':
      return /^\d+$/.test(text) ? Number(text) : undefined;
    case 'boolean':
      return ['true', '1'].includes(text) ? true : ['false', '0'].includes(text) ? false : undefined;
    default:
      return text;
  }
}

const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Environment variables. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The values of a table of settings: flag, else environment, else default.
 * @throws Error with one line per value that a setting does not take
 */
export function readSettings(
  table: Readonly<Record<string, Setting<SettingValue>>>,
  flags: Readonly<Record<string, SettingValue | undefined>>,
  env: Env,
): Readonly<Record<string, SettingValue>> {
  const faults: string[] = [];
  const values: Record<string, SettingValue> = {};
  for (const [name, row] of Object.entries(table)) {
    const flag = flags[name];
    const text = env[row.env];
    const given = flag ?? (text === undefined || text === '' ? row.default : text);
    const value = typeof given === 'string' ? readText(row.default, given) : given;
    if (value !== undefined && row.rule.holds(value)) values[name] = value;
    else
      faults.push(
        `${flag === undefined ? `${row.env}=` : `${flagOf(name)} `}${given}: ${row.rule.expected} is expected`,
      );
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return values;
}
