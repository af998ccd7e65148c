// Every setting and every limit, in one table. Read once at start and passed down; nothing reads the environment later.
import type { Dialect } from './errors.ts';
import {
  cookieName,
  databaseUrl,
  hosts,
  mountPaths,
  oneOf,
  origins,
  positive,
  readSettings,
  seconds,
  setting,
  wholeNumber,
  type Env,
  type Setting,
  type SettingValue,
} from './setting.ts';

const MiB = 1024 * 1024;

export const settings = {
  data: setting('data', 'KEYSTAMP_DATA', 'folder of the database, the converted pictures and the spooled uploads'),
  database: setting(
    '',
    'KEYSTAMP_DATABASE',
    'URL of a PostgreSQL database, postgres://user@host/name, or a SQLite file; empty: the one in the data folder',
    databaseUrl,
  ),
  databaseConnections: setting(
    10,
    'KEYSTAMP_DATABASE_CONNECTIONS',
    'connections of one process that write to PostgreSQL at one time',
    wholeNumber(1, undefined, 'a whole number from 1 on'),
  ),
  port: setting(
    8044,
    'KEYSTAMP_PORT',
    'TCP port; 0 takes a free one',
    wholeNumber(0, 65_535, 'a number from 0 to 65535'),
  ),
  workers: setting(
    1,
    'KEYSTAMP_WORKERS',
    'server processes on the port; they share the database',
    wholeNumber(1, 1024),
  ),
  host: setting('127.0.0.1', 'KEYSTAMP_HOST', 'address to listen on'),
  open: setting(false, 'KEYSTAMP_OPEN', 'serve under any address and any name although nothing is protected'),
  allowedHosts: setting(
    '',
    'KEYSTAMP_ALLOWED_HOSTS',
    'names to answer under beside those of this machine, separated by commas; .data.example: that one and all below it; empty: any, where something is protected',
    hosts,
  ),
  mount: setting('/rest', 'KEYSTAMP_MOUNT', 'paths the API is served under, separated by commas', mountPaths),
  dialect: setting<Dialect>(
    '4d',
    'KEYSTAMP_DIALECT',
    'whose wording and habits answers follow: 4d, wakanda, qodly',
    oneOf('4d', 'wakanda', 'qodly'),
  ),
  logLevel: setting(
    'info',
    'KEYSTAMP_LOG',
    'debug, info, warn, error or silent',
    oneOf('debug', 'info', 'warn', 'error', 'silent'),
  ),
  metrics: setting(
    'local',
    'KEYSTAMP_METRICS',
    'who may read `/metrics`: local (this machine), open or off',
    oneOf('local', 'open', 'off'),
  ),
  compression: setting(true, 'KEYSTAMP_COMPRESSION', 'compress JSON, SVG and texts for clients that take it'),
  explorer: setting(true, 'KEYSTAMP_EXPLORER', 'serve the explorer under /explorer, and lead / to it'),
  web: setting(
    '',
    'KEYSTAMP_WEB',
    'folder of a front end that is served at /, on the same origin as the API; empty: none',
  ),
  rawUrls: setting(
    false,
    'KEYSTAMP_RAW_URLS',
    'take raw spaces and UTF-8 in every request line, pipelined and in pieces too; costs microseconds of each request',
  ),
  nullViolatesConstraints: setting(
    false,
    'KEYSTAMP_NULL_VIOLATES',
    'null fails minValue, maxValue, minLength, fixedLength and pattern, and every save checks all attributes, as ported models expect',
  ),
  maxUrlLength: setting(16_384, 'KEYSTAMP_MAX_URL', 'characters of path and query'),
  maxJsonBytes: setting(16 * MiB, 'KEYSTAMP_MAX_JSON', 'bytes of a JSON body'),
  maxJsonDepth: setting(64, 'KEYSTAMP_MAX_JSON_DEPTH', 'levels of arrays and objects in a JSON body'),
  maxImageBytes: setting(32 * MiB, 'KEYSTAMP_MAX_IMAGE', 'bytes of one picture'),
  maxBlobBytes: setting(128 * MiB, 'KEYSTAMP_MAX_BLOB', 'bytes of one BLOB'),
  maxImagePixels: setting(100_000_000, 'KEYSTAMP_MAX_PIXELS', 'width × height (× pages) of a picture that is decoded'),
  maxEntitiesPerPage: setting(100_000, 'KEYSTAMP_MAX_PAGE', 'entities in one answer, whatever $top says'),
  maxEntitiesPerSave: setting(10_000, 'KEYSTAMP_MAX_SAVE', 'entities in one $method=update'),
  maxFilterLength: setting(8_192, 'KEYSTAMP_MAX_FILTER', 'characters of a filter or an order'),
  maxFilterTerms: setting(500, 'KEYSTAMP_MAX_TERMS', 'comparisons in one filter, and items of one list'),
  maxFilterDepth: setting(32, 'KEYSTAMP_MAX_DEPTH', 'nested parentheses of a filter'),
  maxPlaceholders: setting(128, 'KEYSTAMP_MAX_PARAMS', 'positional placeholders of a filter'),
  maxCountedSteps: setting(64, 'KEYSTAMP_MAX_STEPS', 'steps of a filter that $querypath counts entities for'),
  maxExpandDepth: setting(8, 'KEYSTAMP_MAX_EXPAND', 'levels of $expand and $attributes'),
  maxExpandedRelations: setting(256, 'KEYSTAMP_MAX_RELATIONS', 'places of one answer where relations are sent in full'),
  sessionIdleMinutes: setting(
    60,
    'KEYSTAMP_SESSION_IDLE',
    'minutes until an unused session ends, at most one more; a login may ask for more, not for less',
    positive,
  ),
  maxSessionIdleMinutes: setting(
    525_600,
    'KEYSTAMP_MAX_SESSION_IDLE',
    'most minutes that a login may ask for',
    positive,
  ),
  sessionCookieName: setting(
    '',
    'KEYSTAMP_SESSION_COOKIE',
    'name of the session cookie; empty: as in the dialect',
    cookieName,
  ),
  maxSessions: setting(0, 'KEYSTAMP_MAX_SESSIONS', 'sessions that have logged in, at one time; 0: any number'),
  maxGuestSessions: setting(
    10_000,
    'KEYSTAMP_MAX_GUESTS',
    'sessions of guests at one time; past it the one unused for longest ends',
  ),
  maxParallelRequests: setting(20, 'KEYSTAMP_MAX_PARALLEL', 'requests of one session at one time, pictures aside'),
  maxSessionStorageBytes: setting(
    256 * 1024,
    'KEYSTAMP_MAX_SESSION_STORAGE',
    'characters that functions keep in a session',
  ),
  apiKeys: setting(
    'accepted',
    'KEYSTAMP_API_KEYS',
    'accepted: programs may send an API key; required: every request must; off: keys are ignored',
    oneOf('accepted', 'required', 'off'),
  ),
  maxLocksPerSession: setting(10_000, 'KEYSTAMP_MAX_LOCKS', 'entities that one session locks at one time'),
  forceLogin: setting(
    false,
    'KEYSTAMP_FORCE_LOGIN',
    'guests may do nothing but read the catalog and log in; a roles file says it itself',
  ),
  adminPrivilege: setting('WebAdmin', 'KEYSTAMP_ADMIN_PRIVILEGE', 'privilege to see and end the sessions of others'),
  loginAttempts: setting(10, 'KEYSTAMP_LOGIN_ATTEMPTS', 'failed logins of one address in a minute; then 429'),
  basicAuth: setting(false, 'KEYSTAMP_BASIC_AUTH', 'take names and passwords by HTTP Basic authentication too'),
  requireTls: setting(
    false,
    'KEYSTAMP_REQUIRE_TLS',
    'refuse passwords that come neither by TLS nor from this machine; see `trustedProxies`',
  ),
  roles: setting(
    '',
    'KEYSTAMP_ROLES',
    'the roles file; empty: roles.json beside the model, if there is one; none: nothing is protected',
  ),
  protectedImages: setting(
    'private-forever',
    'KEYSTAMP_PROTECTED_IMAGES',
    'how browsers keep pictures that guests may not see: private-forever, private-per-session, no-store',
    oneOf('private-forever', 'private-per-session', 'no-store'),
  ),
  rolesErrors: setting(
    'refuse',
    'KEYSTAMP_ROLES_ERRORS',
    'what a faulty roles file does: refuse to start, or open: nothing is protected, as on 4D',
    oneOf('refuse', 'open'),
  ),
  corsOrigins: setting(
    '',
    'KEYSTAMP_CORS_ORIGINS',
    'origins whose pages may use the API, such as https://app.example, separated by commas',
    origins,
  ),
  corsCredentials: setting(
    false,
    'KEYSTAMP_CORS_CREDENTIALS',
    'pages of these origins use the session cookie too, which then needs TLS',
  ),
  trustedProxies: setting(
    '',
    'KEYSTAMP_TRUSTED_PROXIES',
    "addresses and networks of proxies whose X-Forwarded-… headers tell the client's address and TLS",
  ),
  maxCalculatedEntities: setting(
    100_000,
    'KEYSTAMP_MAX_CALCULATED',
    'entities whose value is worked out for one filter, order or computation without code of its own; past it it is refused',
  ),
  functionSeconds: setting(
    60,
    'KEYSTAMP_FUNCTION_TIMEOUT',
    'seconds until a function or a row filter is given up; the answer is 503',
  ),
  undefinedResult: setting(
    'ok',
    'KEYSTAMP_UNDEFINED_RESULT',
    'answer of a function that returns nothing: ok or null',
    oneOf('ok', 'null'),
  ),
  transactionSeconds: setting(
    10,
    'KEYSTAMP_TRANSACTION_TIMEOUT',
    'seconds until a transaction of a function is rolled back; with SQLite nobody else writes meanwhile',
  ),
  querySeconds: setting(
    60,
    'KEYSTAMP_QUERY_TIMEOUT',
    'seconds until a long query is ended; the answer is 503',
    seconds(0),
  ),
  queryProcesses: setting(2, 'KEYSTAMP_QUERY_PROCESSES', 'long queries at one time, each in a process of its own'),
  maxQueryQueue: setting(256, 'KEYSTAMP_MAX_QUERY_QUEUE', 'long queries waiting; past it the answer is 503'),
  entitySetSeconds: setting(7200, 'KEYSTAMP_SET_TIMEOUT', 'life of an unused entity set'),
  maxEntitySetsPerSession: setting(
    100,
    'KEYSTAMP_MAX_SETS_PER_SESSION',
    'entity sets of one session; a new one takes the place of the one that would end first',
  ),
  maxEntitySetBytes: setting(
    256 * MiB,
    'KEYSTAMP_MAX_SETS',
    'memory for entity sets; those unused for longest stay on disk alone',
  ),
  maxEntitySetDiskBytes: setting(
    2048 * MiB,
    'KEYSTAMP_MAX_SETS_DISK',
    'disk for entity sets; past it the answer is 429',
  ),
  deletedRecordsDays: setting(
    0,
    'KEYSTAMP_DELETED_DAYS',
    'days that deletions stay in __DeletedRecords; 0 means for ever',
  ),
  maxChangeReaders: setting(
    1000,
    'KEYSTAMP_MAX_READERS',
    'clients that follow $changes at one time; past it the answer is 503',
  ),
  changesPerBatch: setting(
    500,
    'KEYSTAMP_CHANGES_BATCH',
    'changes of one dataclass that $changes reads at one time',
    positive,
  ),
  changesPollMs: setting(
    250,
    'KEYSTAMP_CHANGES_POLL',
    'milliseconds until $changes sees what another process on the same data has saved',
    wholeNumber(1, 60_000),
  ),
  changesHeartbeatSeconds: setting(
    15,
    'KEYSTAMP_CHANGES_HEARTBEAT',
    'seconds between signs of life of $changes',
    seconds(1),
  ),
  changesStallSeconds: setting(
    30,
    'KEYSTAMP_CHANGES_STALL',
    'seconds that a client of $changes may take nothing; then it is cut off',
    seconds(1),
  ),
  uploadSeconds: setting(120, 'KEYSTAMP_UPLOAD_TIMEOUT', 'life of an unused upload'),
  maxUploadsPerSession: setting(64, 'KEYSTAMP_MAX_UPLOADS', 'open uploads of one session'),
  maxUploadBytesPerSession: setting(256 * MiB, 'KEYSTAMP_MAX_UPLOAD_BYTES', 'bytes of the open uploads of one session'),
  bodyIdleSeconds: setting(
    60,
    'KEYSTAMP_BODY_IDLE',
    'seconds in which a body must have come, or gone on; 408 otherwise',
    seconds(0),
  ),
  minBodyRate: setting(
    500,
    'KEYSTAMP_MIN_BODY_RATE',
    'bytes a second that a body brings, on average over bodyIdleSeconds, at least; 0: any byte will do',
  ),
  converters: setting(0, 'KEYSTAMP_CONVERTERS', 'conversions at one time; 0 means one per core'),
  maxConversionQueue: setting(256, 'KEYSTAMP_MAX_QUEUE', 'conversions waiting; past it the answer is 503'),
  conversionSeconds: setting(30, 'KEYSTAMP_CONVERSION_TIMEOUT', 'seconds until a conversion is ended', seconds(0)),
  variantMemoryBytes: setting(128 * MiB, 'KEYSTAMP_VARIANT_MEMORY', 'memory for pictures ready to send'),
  variantDiskBytes: setting(1024 * MiB, 'KEYSTAMP_VARIANT_DISK', 'disk for converted pictures, of all processes'),
  stopSeconds: setting(
    20,
    'KEYSTAMP_STOP_TIMEOUT',
    'seconds that requests in flight get when the server stops',
    seconds(0),
  ),
} as const satisfies Record<string, Setting<SettingValue>>;

type Widen<T> = T extends number ? number : T extends boolean ? boolean : T extends Dialect ? Dialect : string;

export type Config = { readonly [K in keyof typeof settings]: Widen<(typeof settings)[K]['default']> };

/** The paths the API is served under, without a trailing slash. */
export const mountsOf = ({ mount }: Pick<Config, 'mount'>): readonly string[] => mount.split(',');

/** Settings given by a program, or as the texts of a command line. */
type Flags = { readonly [K in keyof Config]?: Config[K] | string };

/**
 * The settings in force: flag, else environment, else default.
 * @throws Error with one line per value that a setting does not take
 */
export const readConfig = (flags: Flags = {}, env: Env = {}): Config =>
  readSettings(settings, flags, env) as unknown as Config;
