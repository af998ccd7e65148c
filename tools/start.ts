// `npm start`: the sample's server, with the explorer as its sources stand. Arguments go to `keystamp serve`.
import { main } from '../server/src/cli/main.ts';
import { buildExplorer, isStale } from './build-explorer.ts';

try {
  if (isStale()) await buildExplorer();
} catch (error) {
  // The API does not need it.
  console.error(`The explorer could not be built: ${error instanceof Error ? error.message : String(error)}`);
}
await main([...process.argv.slice(0, 2), 'serve', 'examples/company', ...process.argv.slice(2)]);
