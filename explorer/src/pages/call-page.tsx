// Functions: which ones there are, and a form to call each of them.
import type { ReactNode } from 'react';
import { useCatalog } from '../api/catalog.ts';
import { CallForm } from '../calls/call-form.tsx';
import { FunctionList } from '../calls/function-list.tsx';
import { Empty } from '../ui/notice.tsx';
import { printNumber } from '../ui/print.ts';

export function CallPage({ search }: { readonly search: URLSearchParams }): ReactNode {
  const { name, functions } = useCatalog();
  const asked = search.get('function') ?? '';
  const chosen = functions.find(({ id }) => id === asked);
  return (
    <div className={chosen ? 'call-page chosen' : 'call-page'}>
      <div className="page-head">
        <h1>Functions</h1>
        <p className="page-count">{printNumber(functions.length)} that you may call</p>
      </div>
      {functions.length === 0 ? (
        <Empty title={`${name} has no function that you may call`} />
      ) : (
        <div className="call-columns">
          <FunctionList functions={functions} chosen={chosen} search={search} />
          {chosen ? (
            <CallForm key={chosen.id} fn={chosen} search={search} />
          ) : asked !== '' ? (
            <Empty title={`There is no function ${asked}`} />
          ) : (
            <Empty title="Choose a function">
              <p>They run on the server, in the code beside the model. Only those that clients may call are listed.</p>
            </Empty>
          )}
        </div>
      )}
    </div>
  );
}
