// Loaded into every child before its program: tells processor time and memory, from the inside, to whoever asks.
import cluster from 'node:cluster';
import { answerQuestions } from './answer-questions.ts';
import type { Usage } from './child.ts';

answerQuestions('usage', (): Usage => {
  const { user, system } = process.cpuUsage();
  return { cpu: user + system, rss: process.memoryUsage.rss() };
});
// To be asked is no reason to stay alive; the program has its own.
process.channel?.unref();
// A bench that was broken off leaves nobody behind. Workers of a server hear from that server alone.
if (!cluster.isWorker) process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
