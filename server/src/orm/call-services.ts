// What a call of the author's code is made with: the parts of the server that it reaches, and who calls.
import type { Config } from '../config.ts';
import type { OnEvent } from '../events.ts';
import type { Converter } from '../image/converter.ts';
import type { Variants } from '../image/variants.ts';
import type { Model } from '../model/model.ts';
import type { EntitySets } from '../session/entity-sets.ts';
import type { Roles } from '../session/roles.ts';
import type { Uploads } from '../session/uploads.ts';
import type { Engine } from '../store/engine.ts';
import type { Caller } from './caller.ts';

/** The parts of the server that user code reaches. */
export interface CallServices {
  readonly config: Config;
  readonly engine: Engine;
  readonly roles: Roles;
  readonly converter: Converter;
  readonly variants: Variants;
  readonly sets: EntitySets;
  readonly uploads: Uploads;
  readonly now: () => number;
  readonly onEvent: OnEvent;
}

export interface CallOptions {
  readonly model: Model;
  readonly services: CallServices;
  readonly caller: Caller;
}
