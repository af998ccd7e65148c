// Clients that ask before they send a body (`Expect: 100-continue`) are told to go on when somebody begins to read it: a
// refusal costs no bytes (spec 11 § 3.4). Node by itself lets them begin before anybody has looked at the request.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** To be called before the server listens. */
export function continueWhenRead(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    const { shouldKeepAlive } = response;
    // Whether a refused body comes all the same nobody knows, so the connection ends with the refusal.
    response.shouldKeepAlive = false;
    const read = request._read.bind(request);
    request._read = (size) => {
      request._read = read;
      // What is left of a body when the answer has gone is read as well, to be thrown away.
      if (!response.headersSent) {
        response.shouldKeepAlive = shouldKeepAlive;
        response.writeContinue();
      }
      read(size);
    };
    server.emit('request', request, response);
  });
}
