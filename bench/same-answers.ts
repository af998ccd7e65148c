// Two servers must say the same before it matters how fast they say it.
import assert from 'node:assert/strict';

const compared = ['content-type', 'cache-control'] as const;

/**
 * Asks both servers for every target and compares status, headers and the JSON of the bodies.
 * @param headers of the requests to the first one
 * @returns how many answers were compared
 * @throws AssertionError with the first difference
 */
export async function sameAnswers(
  port: number,
  otherPort: number,
  targets: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  for (const target of targets) {
    const [one, other] = await Promise.all([answer(port, target, headers), answer(otherPort, target)]);
    assert.deepEqual(one, other, target);
  }
  return targets.length;
}

async function answer(port: number, target: string, sent: Readonly<Record<string, string>> = {}): Promise<object> {
  const response = await fetch(`http://127.0.0.1:${port}${target}`, { headers: sent });
  const headers = Object.fromEntries(compared.map((name) => [name, response.headers.get(name)]));
  return { status: response.status, headers, body: await response.json() };
}
