// The pages that most visits do not begin with: each comes when it is looked at, or ahead of that when there is time.
import { lazy } from 'react';
import type { Place } from '../route.ts';

const loaders = {
  model: async () => ({ default: (await import('../pages/model-page.tsx')).ModelPage }),
  picture: async () => ({ default: (await import('../pages/picture-page.tsx')).PicturePage }),
  call: async () => ({ default: (await import('../pages/call-page.tsx')).CallPage }),
  info: async () => ({ default: (await import('../pages/info-page.tsx')).InfoPage }),
  login: async () => ({ default: (await import('../pages/login-page.tsx')).LoginPage }),
} as const;

export const ModelPage = lazy(loaders.model);
export const PicturePage = lazy(loaders.picture);
export const CallPage = lazy(loaders.call);
export const InfoPage = lazy(loaders.info);
export const LoginPage = lazy(loaders.login);

const idle: (run: () => void) => void = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 1000));

/** Fetches the code of a place at once, while the model is still asked for, and that of the others behind. */
export function readAhead({ kind }: Place): void {
  // What cannot be fetched now is asked for again when it is needed, and says then what is wrong.
  const read = (name: keyof typeof loaders): void => void loaders[name]().catch(() => undefined);
  if (kind in loaders) read(kind as keyof typeof loaders);
  idle(() => {
    for (const name of Object.keys(loaders)) read(name as keyof typeof loaders);
  });
}
