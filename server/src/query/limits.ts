// The limits that a filter or an order must keep to; all of them come from the settings.
import type { Config } from '../config.ts';

export type QueryLimits = Pick<Config, 'maxFilterLength' | 'maxFilterTerms' | 'maxFilterDepth' | 'maxPlaceholders'>;
