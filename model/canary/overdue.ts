import type { Measurement } from "./evidence";

type Overdue = NonNullable<Measurement["overdue"]>;

/**
 * Overdue requests that began after the first window.
 *
 * Those before it were routed by another weight, or are connections that stay open for long, such as WebSockets. They
 * would make the version that had most of the traffic look as if it failed.
 */
export class OverdueSinceFirst {
  #first: Overdue | undefined;

  /** The next window without the overdue requests of the first one. */
  of({ overdue, ...rest }: Measurement): Measurement {
    const now = overdue ?? { stable: 0, canary: 0 };
    this.#first ??= now;
    const since = {
      stable: Math.max(0, now.stable - this.#first.stable),
      canary: Math.max(0, now.canary - this.#first.canary),
    };
    return { ...rest, ...((since.stable > 0 || since.canary > 0) && { overdue: since }) };
  }
}
