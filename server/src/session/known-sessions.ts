// The sessions that this process has seen, with all that opens them here.
import type { Session, Ticket } from './session.ts';

interface Known {
  session: Session;
  readonly tickets: Set<Ticket>;
}

export class KnownSessions {
  readonly #tickets = new Map<string, Ticket>();
  readonly #known = new Map<string, Known>();
  /** Used since their life was last written, and soon to be ended by it. */
  readonly used = new Set<Session>();

  ticket(secret: string): Ticket | undefined {
    return this.#tickets.get(secret);
  }

  session(id: string): Session | undefined {
    return this.#known.get(id)?.session;
  }

  /** Those whose life, as the database has it, was over by then. */
  *over(by: number): Iterable<Session> {
    for (const { session } of this.#known.values()) if (session.expires <= by) yield session;
  }

  /** The session that goes by its id from now on, opened by the same tickets. */
  hold(session: Session): void {
    const known = this.#known.get(session.id);
    if (known) known.session = session;
    else this.#known.set(session.id, { session, tickets: new Set() });
  }

  /** Remembers the ticket and its session. */
  keep(ticket: Ticket): void {
    this.hold(ticket.session);
    this.#tickets.set(ticket.secret, ticket);
    this.#known.get(ticket.session.id)?.tickets.add(ticket);
  }

  /** Nothing but this ticket opens its session any more, if it is still known. */
  keepAlone(ticket: Ticket): void {
    const known = this.#known.get(ticket.session.id);
    if (known) known.session = ticket.session;
    for (const other of known?.tickets ?? []) if (other !== ticket) this.drop(other);
  }

  /** Forgets a ticket, and its session when nothing else opens it. */
  drop(ticket: Ticket): void {
    this.#tickets.delete(ticket.secret);
    const known = this.#known.get(ticket.session.id);
    known?.tickets.delete(ticket);
    if (known?.tickets.size === 0) this.forget(ticket.session.id);
  }

  /** Forgets a session; it is looked up when its cookie comes again. */
  forget(id: string): void {
    const known = this.#known.get(id);
    if (!known) return;
    this.#known.delete(id);
    this.used.delete(known.session);
    for (const ticket of known.tickets) {
      this.#tickets.delete(ticket.secret);
      this.used.delete(ticket.session);
    }
  }
}
