// Carries on a conversation: sends each request with the cookies of its client and compares what comes back.
import { parseSetCookie } from 'cookie';
import { bodyBytes } from './bytes.ts';
import type { Fixture } from './fixture.ts';
import type { Exchange, Header } from './http-file.ts';
import { matchAnswer, type Memory } from './match-answer.ts';
import { substitute } from './placeholders.ts';
import { send, type Answer } from './send.ts';

export class Conversation {
  readonly #fixture: Fixture;
  readonly #memory: Memory = { variables: new Map(), saved: new Map() };
  readonly #jars = new Map<string, Map<string, string>>();

  constructor(fixture: Fixture) {
    this.#fixture = fixture;
  }

  /** One exchange; answers what was not as expected. */
  async exchange(exchange: Exchange): Promise<readonly string[]> {
    const fixture = this.#fixture;
    if (exchange.restart) await fixture.stop();
    await fixture.moveClock(exchange.clock);
    for (const { name, wishes } of exchange.keys) {
      const { id, key } = await fixture.addKey(wishes);
      this.#memory.variables.set(name, key).set(`${name}Id`, id);
    }
    for (const name of exchange.removedKeys) await fixture.removeKey(String(this.#memory.variables.get(`${name}Id`)));
    const jar = this.#jar(exchange.client);
    const port = exchange.viaCache ? await fixture.cachePort() : await fixture.port(exchange.node);
    const { variables, saved } = this.#memory;
    const headers = exchange.headers.map(([name, value]): Header => [name, substitute(value, variables)]);
    const asked = new Set(headers.map(([name]) => name.toLowerCase()));
    if (jar.size > 0 && !asked.has('cookie'))
      headers.push(['Cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; ')]);
    const isForm = headers.some(([name, value]) => /^content-type$/i.test(name) && value.startsWith('multipart/'));
    const lines = exchange.body.map((line) => substitute(line, variables));
    const body = await bodyBytes(lines, isForm, saved);
    const url = substitute(exchange.url, variables);
    const answer = await send(port, { method: exchange.method, url, headers, ...(body && { body }) });
    keepCookies(answer, jar);
    const faults = await matchAnswer(exchange, answer, this.#memory);
    return [...faults, ...fixture.takeFaults().map((cause) => `a fault of the server: ${describe(cause)}`)];
  }

  #jar(client: string): Map<string, string> {
    let jar = this.#jars.get(client);
    if (!jar) this.#jars.set(client, (jar = new Map()));
    return jar;
  }
}

function keepCookies({ headers }: Answer, jar: Map<string, string>): void {
  for (const line of headers['set-cookie'] ?? []) {
    const { name, value } = parseSetCookie(line);
    if (value) jar.set(name, value);
    else jar.delete(name);
  }
}

const describe = (cause: unknown): string => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
