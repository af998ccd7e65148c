// A thread of the slow lane's process that ends it, also in the middle of a statement, when the server has died.
const server = process.ppid;
const period = 1000;

setInterval(() => {
  if (process.ppid !== server) process.kill(process.pid, 'SIGKILL');
}, period);
