// Converter processes outlive the server that started them, for the next one of this process: they hold nothing but the
// job at hand, and to start one costs as much as most conversations.
import { after } from 'node:test';
import { ConverterChild } from '../src/image/converter-child.ts';
import { pathWithoutChrt } from './without-chrt.ts';

process.env['PATH'] = pathWithoutChrt;

const idle: ConverterChild[] = [];
/** Of servers that stop after this hook nobody takes them on: they would keep the process alive for ever. */
let isOver = false;
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

async function startAnother(onStart: Parameters<typeof start>[0]): Promise<ConverterChild> {
  const child = await start.call(ConverterChild, (starting) => {
    working.add(starting);
    onStart(starting);
  });
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
  if (isOver || !this.alive || working.has(this)) return end.call(this);
  if (!idle.includes(this)) idle.push(this);
};

after(async () => {
  isOver = true;
  await Promise.all(idle.map((child) => end.call(child)));
});
