// The few flags of curl that the documentation uses, so that its samples run where there is no curl.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';

interface Call {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: Buffer;
  readonly printsHead: boolean;
  readonly printsBody: boolean;
}

/** The words of a command line; single quotes keep a word together. */
const words = (command: string): readonly string[] =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map((found) => found[1] ?? (found[2] as string));

function parse(command: string, folder: string): Call {
  const [program, ...args] = words(command);
  if (program !== 'curl') throw new Error(`Not a curl command: ${command}`);
  const call = { url: '', method: '', headers: {} as Record<string, string>, body: undefined as Buffer | undefined };
  let [printsHead, printsBody] = [false, true];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    const next = (): string => args[++i] as string;
    if (!word.startsWith('-')) call.url = word;
    else if (word === '-d') call.body = Buffer.from(next());
    else if (word === '--data-binary') call.body = readFileSync(join(folder, next().slice(1)));
    else if (word === '-X') call.method = next();
    else if (word === '-H') {
      const [name = '', value = ''] = next().split(/:\s*/, 2);
      call.headers[name] = value;
    } else if (word === '-o') [printsBody] = [false, next()];
    else if (/^-[gsID]+$/.test(word)) {
      if (word.includes('I')) [call.method, printsHead, printsBody] = ['HEAD', true, false];
      if (word.includes('D')) [printsHead] = [true, next()];
    } else throw new Error(`This flag of curl is not known here: ${word}`);
  }
  const method = call.method || (call.body ? 'POST' : 'GET');
  if (call.body) call.headers['Content-Type'] ??= 'application/x-www-form-urlencoded';
  return {
    url: call.url,
    method,
    headers: call.headers,
    ...(call.body && { body: call.body }),
    printsHead,
    printsBody,
  };
}

/**
 * What the command prints: the head when it asks for it, then the body unless it goes elsewhere.
 * @param folder what `@file` is relative to
 */
export function curl(command: string, folder: string): Promise<string> {
  const { url, method, headers, body, printsHead, printsBody } = parse(command, folder);
  const { hostname, port } = new URL(url);
  // The path goes out as it is written, as curl -g does.
  const path = url.slice(url.indexOf('/', 'http://'.length));
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const lines = Array.from({ length: answer.rawHeaders.length / 2 }, (_, i) =>
          answer.rawHeaders.slice(2 * i, 2 * i + 2).join(': '),
        );
        const head = [`HTTP/${answer.httpVersion} ${answer.statusCode} ${answer.statusMessage}`, ...lines, '', ''].join(
          '\n',
        );
        resolve((printsHead ? head : '') + (printsBody ? Buffer.concat(chunks).toString('utf8') : ''));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
