// When to stop: the signals of terminals and of those who run servers.

/** A launcher passes on what the terminal sends to all of its processes, so one Ctrl-C comes twice within moments. */
const echoMs = 1000;

/** The first signal to stop. The same once more is an echo of it; later ones end the process at once. */
export function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    let first: number | undefined;
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        first ??= performance.now();
        if (performance.now() - first > echoMs) process.exit(1);
        resolve(signal);
      });
  });
}
