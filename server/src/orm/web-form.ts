// Messages for the page that called a function (spec 12 § 6). The last one counts.
import { currentCall } from './current-call.ts';
import type { PageMessage } from './call-state.ts';

const say =
  (type: PageMessage['type']) =>
  (message: string): void => {
    currentCall().state.pageMessage = { message: String(message), type };
  };

/** What authors call: `webForm.setMessage('Saved')`. */
export const webForm = {
  setMessage: say('message'),
  setWarning: say('warning'),
  setError: say('error'),
  /** States of pages are for pages; a data server takes them and does nothing. */
  enableState: (_name: string): void => undefined,
  disableState: (_name: string): void => undefined,
} as const;
