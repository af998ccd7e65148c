// What an operator watches, as Prometheus reads it: answers, conversions, faults and the process itself. Listens to the
// same events that are logged.
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import type { OnEvent } from '../events.ts';
import { AnswerTimes } from './answer-times.ts';

const answerSeconds = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10];
const conversionSeconds = [0.01, 0.05, 0.2, 1, 5, 20];

export interface Metrics {
  readonly onEvent: OnEvent;
  readonly contentType: string;
  readonly registry: Registry;
  /** All metrics in the text format of Prometheus. */
  text(): Promise<string>;
}

/** Metrics of one server, in a registry of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  let isAsked = false;
  /** Once somebody asks: to watch the event loop wakes the process a hundred times a second, also one that has nothing to do. */
  const watchProcess = (): void => {
    if (!isAsked) collectDefaultMetrics({ register: registry });
    isAsked = true;
  };
  const answers = new AnswerTimes({
    name: 'keystamp_answer_seconds',
    help: 'Time from a request to its answer, by method and status',
    buckets: answerSeconds,
    registry,
    // Of several processes each is asked for its metrics past `text`.
    onRead: watchProcess,
  });
  const conversions = new Histogram({
    name: 'keystamp_conversion_seconds',
    help: 'Time that a converter took for a picture, by what it did',
    labelNames: ['work'],
    buckets: conversionSeconds,
    registers,
  });
  const faults = new Counter({
    name: 'keystamp_faults_total',
    help: 'Events that somebody should look at, by kind',
    labelNames: ['kind'],
    registers,
  });
  return {
    contentType: registry.contentType,
    registry,
    text: () => {
      watchProcess();
      return registry.metrics();
    },
    onEvent: (event) => {
      switch (event.kind) {
        case 'answered':
          return answers.count(event.method, event.status, event.milliseconds / 1000);
        case 'pictureInspected':
        case 'pictureConverted':
          return conversions
            .labels(event.kind === 'pictureConverted' ? 'convert' : 'inspect')
            .observe(event.milliseconds / 1000);
        case 'failed':
        case 'sweepFailed':
        case 'converterLost':
        case 'variantDamaged':
        case 'variantNotKept':
          return faults.labels(event.kind).inc();
        default:
      }
    },
  };
}
