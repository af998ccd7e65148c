// The converter program: one picture at a time from standard input to standard output, until the server is gone.
import { constants, setPriority } from 'node:os';
import { convertPicture } from './convert-picture.ts';
import type { ConversionJob, ConversionReply } from './conversion-job.ts';
import { PictureRefused } from './decode-picture.ts';
import { FrameReader, writeFrame } from './frames.ts';
import { inspectPicture } from './inspect-picture.ts';

// Says less than SCHED_IDLE where the server could ask for that, and is all there is elsewhere.
setPriority(constants.priority.PRIORITY_LOW);

// Signals to the whole group are for the server: it still needs conversions while it finishes its last requests.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

const send = (reply: ConversionReply, body?: Uint8Array): void => writeFrame(process.stdout, reply, body);

async function work(job: ConversionJob, bytes: Uint8Array): Promise<void> {
  try {
    switch (job.kind) {
      case 'inspect':
        return send({ kind: 'inspected', info: await inspectPicture(bytes, job) });
      case 'convert':
        return send({ kind: 'converted' }, await convertPicture(bytes, job));
      default:
        return job satisfies never;
    }
  } catch (error) {
    if (!(error instanceof PictureRefused)) throw error; // a fault of this program: it ends, the server tells
    send({ kind: 'refused', reason: error.reason, detail: error.message });
  }
}

const reader = new FrameReader<ConversionJob>((job, bytes) => void work(job, bytes));
process.stdin.on('data', (chunk: Buffer) => reader.push(chunk));
// A clean exit would wait for a decoder that is still running.
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'));
process.stdin.on('error', () => process.kill(process.pid, 'SIGKILL'));
process.stdout.on('error', () => process.kill(process.pid, 'SIGKILL'));
send({ kind: 'ready' });
