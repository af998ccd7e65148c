// The other end of `Child.ask`: answers questions of one kind that come over the IPC channel.

interface Question {
  readonly id: number;
  readonly kind: string;
  readonly question: never;
}

/**
 * Answers every question of that kind with what `answer` gives; what it throws is told to the one who asked. The open
 * channel keeps the process alive.
 */
export function answerQuestions<Q, A>(kind: string, answer: (question: Q) => A | Promise<A>): void {
  process.on('message', (message: Question) => {
    if (message.kind !== kind) return;
    const send = (reply: object): void => void process.send?.({ id: message.id, ...reply });
    Promise.resolve(message.question as Q)
      .then(answer)
      .then(
        (given) => send({ answer: given }),
        (error: unknown) => send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      );
  });
  process.channel?.ref();
}
