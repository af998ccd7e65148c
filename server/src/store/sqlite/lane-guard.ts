// A thread of the slow lane's process that ends it, also in the middle of a statement, when the server has died. Its data
// is the server's process number, found before anything could take time: a server that is gone has another one.
import { workerData } from 'node:worker_threads';

const server = workerData as number;
const period = 1000;

setInterval(() => {
  if (process.ppid !== server) process.kill(process.pid, 'SIGKILL');
}, period);
