// What to show of an error.
import { KeystampError, NetworkError } from '@keystamp/client';

/** The server's reasons, each once; what happened otherwise. */
export function errorLines(error: unknown): readonly string[] {
  if (error instanceof NetworkError) return ['The server does not answer'];
  if (error instanceof KeystampError)
    return error.entries.length > 0
      ? [...new Set(error.entries.map(({ message, errCode }) => `${message} (${errCode})`))]
      : [`The server answered ${error.status}`];
  return [error instanceof Error ? error.message : String(error)];
}
