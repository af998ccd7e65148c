// Asks the author's directory who is logging in. Its code may do everything and sees all entities, since nobody has logged in
// yet; it has nothing to do with the session of the client.
import { guest, type Identity } from '../session/identity.ts';
import type { Sessions } from '../session/sessions.ts';
import { Visitor } from '../session/visitor.ts';
import type { CallServices } from './call-services.ts';
import { inCall } from './in-call.ts';
import { runtimeOf } from './store-runtime.ts';
import { findUser } from './user-class.ts';
import type { Model } from '../model/model.ts';

const system: Identity = { ...guest, unbound: true };

/**
 * What the directory answers to a name and a password; undefined when there is none.
 * @throws KeystampError 503 when it takes too long, and whatever the author's code throws
 */
export async function askDirectory(
  model: Model,
  services: CallServices & { readonly sessions: Sessions },
  name: string,
  password: string,
): Promise<unknown> {
  const { directory } = model;
  if (!directory) return undefined;
  const caller = new Visitor(services, undefined);
  caller.actAs({ identity: system }, true);
  const ask = async (): Promise<unknown> =>
    directory.kind === 'code'
      ? directory.logIn.call(runtimeOf(model).object, name, password)
      : findUser(directory.users, model, name, password);
  try {
    return await inCall({ model, services, caller }, 'the directory', (call) => call.unrestricted(ask));
  } finally {
    caller.finish((cause) => services.onEvent({ kind: 'sweepFailed', cause }));
  }
}
