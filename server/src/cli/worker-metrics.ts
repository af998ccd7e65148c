// The metrics of several server processes as one: whichever is asked asks the process that keeps them all, which adds up
// what each has counted.
import cluster from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';

interface Question {
  readonly kind: 'keystamp:metrics';
  readonly id: number;
}

interface Answer {
  readonly kind: 'keystamp:metricsOfAll';
  readonly id: number;
  readonly text?: string;
  readonly fault?: string;
}

const isKind = <M extends Question | Answer>(message: unknown, kind: M['kind']): message is M =>
  typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind;

/** For the process that keeps the others: answers them. */
export function addUpMetrics(): void {
  const aggregator = new AggregatorRegistry();
  cluster.on('message', (worker, message: unknown) => {
    if (!isKind<Question>(message, 'keystamp:metrics')) return;
    const answer = (told: Pick<Answer, 'text' | 'fault'>): void => {
      if (worker.isConnected()) worker.send({ kind: 'keystamp:metricsOfAll', id: message.id, ...told });
    };
    aggregator.clusterMetrics().then(
      (text) => answer({ text }),
      (error: unknown) => answer({ fault: String(error) }),
    );
  });
}

/** For one of the others: asks for what all have counted. */
export function metricsOfAll(registry: Registry): () => Promise<string> {
  AggregatorRegistry.setRegistries([registry]);
  // Made so that it listens to what it is asked for.
  new AggregatorRegistry();
  const waiting = new Map<number, (answer: Answer) => void>();
  process.on('message', (message: unknown) => {
    if (!isKind<Answer>(message, 'keystamp:metricsOfAll')) return;
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  let asked = 0;
  return () =>
    new Promise((resolve, reject) => {
      const question: Question = { kind: 'keystamp:metrics', id: asked++ };
      waiting.set(question.id, ({ text, fault }) => (text === undefined ? reject(new Error(fault)) : resolve(text)));
      process.send?.(question);
    });
}
