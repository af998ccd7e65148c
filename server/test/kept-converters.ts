// Converter processes outlive the server that started them, for the next one of this process: they hold nothing but the
// job at hand, and to start one costs as much as most conversations.
import { execFile } from 'node:child_process';
import { after } from 'node:test';
import { ConverterChild } from '../src/image/converter-child.ts';

const idle: ConverterChild[] = [];
const working = new WeakSet<ConverterChild>();
const { start } = ConverterChild;
const { run, end } = ConverterChild.prototype;

ConverterChild.start = async (onStart) => {
  const kept = idle.pop();
  if (!kept) return startAnother(onStart);
  if (!kept.alive) return ConverterChild.start(onStart);
  onStart(kept);
  return kept;
};

/** Beside the other test files no time is left that nobody wants: jobs waited for minutes. Where that may be. */
function returnToOrdinary(pid: number): Promise<void> {
  return new Promise((resolve) => void execFile('chrt', ['-a', '-o', '-p', '0', String(pid)], () => resolve()));
}

async function startAnother(onStart: Parameters<typeof start>[0]): Promise<ConverterChild> {
  const child = await start.call(ConverterChild, (starting) => {
    working.add(starting);
    onStart(starting);
  });
  await returnToOrdinary(child.pid);
  working.delete(child);
  return child;
}

ConverterChild.prototype.run = async function (this: ConverterChild, ...job) {
  working.add(this);
  try {
    return await run.apply(this, job);
  } finally {
    working.delete(this);
  }
};

ConverterChild.prototype.end = async function (this: ConverterChild) {
  if (!this.alive || working.has(this)) return end.call(this);
  if (!idle.includes(this)) idle.push(this);
};

after(() => Promise.all(idle.map((child) => end.call(child))).then(() => undefined));
