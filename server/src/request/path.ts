// The URL grammar of spec 01 § 2: segments of the path → Target. Which names are models, dataclasses, attributes or
// functions is not known here; what can be read in two ways is kept so that the plan can decide.
import type { ClassRef, DataTarget, DirectoryAsk, InfoPart, SetRef, Target } from './api-request.ts';
import { failHttp } from '../errors.ts';
import { readKeys } from './key-text.ts';
import { malformed } from './malformed.ts';

const openRound = 40;
const openSquare = 91;
const colon = 58;
const dollar = 36;

/** Services at the start of a path, by lower-case name. */
const services = new Map<string, (segments: readonly string[]) => Target>([
  ['$catalog', catalog],
  ['$service', catalog],
  ['$openapi', openApi],
  ['$upload', alone('upload')],
  ['$changes', alone('changes')],
  ['$directory', directory],
  ['$info', info],
  ['$singleton', singleton],
  ['$getwebform', notServed],
]);

/** Those that may also stand behind the name of a model: all that are served. */
const perModel = new Set([...services.keys()].filter((name) => name !== '$getwebform'));

/**
 * What the decoded segments of a path name.
 * @throws KeystampError 1806, for a quote that does not close after 1808 or 1809
 */
export function parsePath(segments: readonly string[]): Target {
  const first = segments[0];
  if (first === undefined) throw malformed('the path names nothing');
  if (isRelease(segments)) return release(segments);
  const second = segments[1]?.toLowerCase();
  if (second !== undefined && perModel.has(second) && first.charCodeAt(0) !== dollar)
    return behindModel(first, (services.get(second) as typeof info)(segments.slice(1)));
  if (first.charCodeAt(0) !== dollar) return data(segments);
  const service = services.get(first.toLowerCase());
  if (!service) throw malformed(`there is no ${first}`);
  return service(segments);
}

/** Known, and no part of a data server (spec 13 § 4.3). */
function notServed(): never {
  throw failHttp(404);
}

/** So that whatever a client asks of one model begins alike. @throws KeystampError 1806 for a second model */
function behindModel(model: string, target: Target): Target {
  if ('model' in target && target.model !== undefined) throw malformed(`${target.model} is no class of ${model}`);
  return { ...target, model };
}

/**
 * The other reading of a path such as `publication/Book(1)/title`: its first segment as the name of a model, the second
 * as the dataclass (spec 01 § 2.3). Undefined when the path cannot be read so. To be asked only when no dataclass has
 * the first name; everything decided from the target, the action included, is decided from the reading chosen.
 * @throws KeystampError as `parsePath`
 */
export function inModel(target: DataTarget): DataTarget | undefined {
  const [model, dataClass] = target.segments;
  if (model === undefined || dataClass === undefined || dataClass.charCodeAt(0) === dollar) return undefined;
  if (target.model !== undefined || target.dataClass.key || target.dataClass.name !== model) return undefined;
  return data(target.segments.slice(1), model);
}

function data(segments: readonly string[], model?: string): DataTarget {
  const dataClass = parseClassRef(segments[0] ?? '');
  const steps: string[] = [];
  let set: SetRef | undefined;
  let hasSet = false;
  for (let i = 1; i < segments.length; i++) {
    const segment = segments[i] as string;
    if (segment.charCodeAt(0) !== dollar) {
      // A second segment with a key may be a dataclass of a model; anywhere else it can only be a call.
      const maybeClass = i === 1 && model === undefined && !dataClass.key;
      if (!maybeClass && segment.indexOf('(') > 0) throw malformed(`arguments do not belong in the path: ${segment}`);
      steps.push(segment);
      continue;
    }
    if (segment.toLowerCase() !== '$entityset' || hasSet || dataClass.key)
      throw malformed(`${segment} cannot stand here`);
    hasSet = true;
    // `fn/$entityset/` without an ID is the whole class (spec 12 § 2 form 4b).
    const id = segments[++i];
    if (id !== undefined) set = parseSetRef(id);
  }
  const attributes = steps.length === 1 && isOneName(steps[0] as string) ? steps : steps.flatMap(attributeList);
  return {
    kind: 'data',
    dataClass,
    attributes,
    steps,
    segments,
    ...(set && { set }),
    ...(model !== undefined && { model }),
  };
}

const isOneName = (step: string): boolean => !step.includes(',') && !step.includes(' ');

/** `firstName, employer.name` → its names. A step with brackets names no attribute, so it stays whole. */
function attributeList(step: string): readonly string[] {
  if (step.includes('(') || step.includes('[')) return [step];
  return step
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function parseClassRef(segment: string): ClassRef {
  let at = 0;
  let code = 0;
  for (; at < segment.length; at++) {
    code = segment.charCodeAt(at);
    if (code === openRound || code === openSquare || code === colon) break;
  }
  if (at === 0) throw malformed(`a dataclass is expected before ${segment}`);
  if (at === segment.length) return { name: segment };
  const name = segment.slice(0, at);
  if (code === colon) return { name, key: attributeKey(segment, at + 1) };
  const brackets = code === openSquare;
  const { keys, end } = readKeys(segment, at + 1, brackets ? 93 : 41);
  if (end !== segment.length) throw malformed(`text after the key in ${segment}`);
  if (keys.length > 0) return { name, key: { kind: 'keys', keys, brackets } };
  if (brackets) throw malformed(`a key is expected in ${segment}`);
  return { name };
}

/** `attr(value)`, right after the colon. */
function attributeKey(segment: string, from: number): { kind: 'attribute'; attribute: string; value: string } {
  const open = segment.indexOf('(', from);
  if (open <= from) throw malformed(`:attribute(value) is expected in ${segment}`);
  const { keys, end } = readKeys(segment, open + 1, 41);
  const value = keys[0]?.[0];
  if (end !== segment.length || keys.length !== 1 || keys[0]?.length !== 1 || value === undefined)
    throw malformed(`one value is expected in ${segment}`);
  return { kind: 'attribute', attribute: segment.slice(from, open), value };
}

const setId = /^[A-Za-z0-9]{1,64}$/;

function parseSetRef(segment: string): SetRef {
  if (segment.toLowerCase() === '$none') return {};
  if (setId.test(segment)) return { id: segment };
  const { name, key } = parseClassRef(segment);
  if (!setId.test(name) || key?.kind !== 'keys' || key.keys.length !== 1)
    throw malformed(`${segment} is no id of an entity set`);
  return { id: name, member: key.keys[0] as readonly string[], brackets: key.brackets };
}

function catalog(segments: readonly string[]): Target {
  const [, first, second] = segments;
  if (first === undefined) return { kind: 'catalog', classes: 'names' };
  if (segments.length === 2) return { kind: 'catalog', classes: classList(first) };
  if (segments.length > 3 || second === undefined || first.charCodeAt(0) === dollar)
    throw malformed(`the catalog has no ${segments.slice(1).join('/')}`);
  return { kind: 'catalog', classes: classList(second), model: first };
}

function classList(segment: string): readonly string[] | 'all' {
  if (segment.toLowerCase() === '$all') return 'all';
  if (segment.charCodeAt(0) === dollar) throw malformed(`the catalog has no ${segment}`);
  const names = segment.split(',').map((name) => name.trim());
  if (names.includes('')) throw malformed(`an empty name in ${segment}`);
  return [...new Set(names)];
}

/** A service that nothing can follow. */
function alone(kind: 'upload' | 'changes'): (segments: readonly string[]) => Exclude<Target, DataTarget> {
  return (segments) => {
    if (segments.length > 1) throw malformed(`nothing can follow $${kind}`);
    return { kind };
  };
}

function openApi(segments: readonly string[]): Exclude<Target, DataTarget> {
  if (segments.length > 1) throw malformed('nothing can follow $openapi');
  return { kind: 'catalog', classes: 'openapi' };
}

const directoryAsks = new Map<string, DirectoryAsk>([
  ['login', 'login'],
  ['loginbypassword', 'login'],
  ['loginbykey', 'loginByKey'],
  ['logout', 'logout'],
  ['currentuser', 'currentUser'],
  ['currentuserbelongsto', 'currentUserBelongsTo'],
]);

function directory([, word, ...others]: readonly string[]): Exclude<Target, DataTarget> {
  const ask = directoryAsks.get(word?.toLowerCase() ?? '');
  if (!ask || others.length > 0)
    throw malformed(`the directory has no ${[word ?? 'such request', ...others].join('/')}`);
  return { kind: 'directory', ask };
}

const infoParts = new Map<string, InfoPart>(
  (['cacheInfo', 'entitySet', 'progressInfo', 'sessionInfo', 'lockInfo', 'jsContextInfo'] as const).map((part) => [
    part.toLowerCase(),
    part,
  ]),
);

/** `$info`, `$info/sessionInfo`, `$info/sessionInfo/release/ID,ID`, `$info/sessionInfo/id/ID`, `$info/progressInfo/ID` */
function info([, word, ...rest]: readonly string[]): Exclude<Target, DataTarget> {
  if (word === undefined) return { kind: 'info' };
  const part = infoParts.get(word.toLowerCase());
  if (part && rest.length === 0) return { kind: 'info', part };
  if (part === 'progressInfo' && rest.length === 1) return { kind: 'info', part };
  const [how = '', ids = ''] = rest;
  if (part !== 'sessionInfo' || rest.length !== 2 || !['release', 'id'].includes(how.toLowerCase()) || ids === '')
    throw malformed(`$info has no ${[word, ...rest].join('/')}`);
  return { kind: 'info', part, release: ids.split(',').map((id) => id.trim().toUpperCase()) };
}

function singleton([, name, fn, ...more]: readonly string[]): Target & { readonly kind: 'singleton' } {
  if (name === undefined || fn === undefined || more.length > 0)
    throw malformed('$singleton is followed by the names of a singleton and of one of its functions');
  return { kind: 'singleton', name, fn };
}

function isRelease(segments: readonly string[]): boolean {
  return (
    segments.length >= 2 &&
    segments.at(-1)?.toLowerCase() === '$release' &&
    segments.at(-2)?.toLowerCase() === '$entityset'
  );
}

/** `[[model/]class/]$entityset/$release` */
function release(segments: readonly string[]): Target {
  const names = segments.slice(0, -2);
  if (names.length > 2 || names.some((name) => !/^[^$()[\]:]+$/.test(name)))
    throw malformed('only a dataclass can stand before $entityset/$release');
  const dataClass = names.at(-1);
  if (dataClass === undefined) return { kind: 'release' };
  return names.length === 2
    ? { kind: 'release', dataClass, model: names[0] as string }
    : { kind: 'release', dataClass };
}
