// Runs the author's directory: it sees all entities, whoever asks, since nobody has logged in yet.
import type { Model } from '../model/model.ts';
import { CallContext, runInCall, type CallOptions } from './call-context.ts';

/**
 * What the directory answers to a name and a password; undefined when there is none.
 * @throws whatever the author's code throws
 */
export async function askDirectory(
  model: Model,
  options: Omit<CallOptions, 'model'>,
  name: string,
  password: string,
): Promise<unknown> {
  const { logIn } = model;
  if (!logIn) return undefined;
  const context = new CallContext({ model, ...options });
  try {
    return await runInCall(context, () => context.unrestricted(() => logIn.call(undefined, name, password)));
  } finally {
    await context.end();
  }
}
