// The same conversations on PostgreSQL, with the same answers to the byte. What no engine has a part in runs here in the
// long version alone: how pictures are converted, and what is decided before the data is asked.
import { runConversations } from './run-conversations.ts';

const converting = ['image-formats', 'image-sizes', 'image-combinations', 'hostile-pictures', 'images-json'];
/** Who asks from where, and under which name. */
const asking = ['cors', 'foreign-sites', 'hosts'];
const apart = new Set([...converting, ...asking]);

runConversations('postgres', (name) => process.env['KEYSTAMP_LONG'] === '1' || !apart.has(name));
