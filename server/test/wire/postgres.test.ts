// The same conversations on PostgreSQL, with the same answers to the byte. What is about converting pictures alone runs
// here in the long version: no engine has a part in it.
import { runConversations } from './run-conversations.ts';

const converting = new Set(['image-formats', 'image-sizes', 'image-combinations', 'hostile-pictures', 'images-json']);

runConversations('postgres', (name) => process.env['KEYSTAMP_LONG'] === '1' || !converting.has(name));
