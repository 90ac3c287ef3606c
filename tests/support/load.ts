import { setMaxListeners } from "node:events";
import { Agent } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import { getFrom, type Target } from "../../host/http";

/** Answers that a load got. */
export interface Got {
  readonly requests: number;
  /** Number of failures of each kind, by the subset that answered, or none. */
  readonly failures: ReadonlyMap<string, number>;
}

/** Requests at once of clients that give up after the usual 5 s. */
const usualWorkers = 20;
const usualDeadline = 5000;

/** A steady load over kept connections, bounded in rate and in requests. */
export class Load {
  #requests = 0;
  readonly #failures = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #done: Promise<unknown>;

  constructor(
    private readonly target: Target & { tls: { ca: string } },
    perSecond: number,
    most: number,
    /** Milliseconds after which a client gives up. */
    private readonly deadline = usualDeadline,
  ) {
    // clients that wait longer must not slow the others down
    const workers = Math.ceil((usualWorkers * deadline) / usualDeadline);
    setMaxListeners(0, this.#stop.signal);
    const agent = new Agent({ keepAlive: true, maxSockets: workers });
    const each = (workers * 1000) / perSecond;
    const worker = async (first: number) => {
      await pause(first, undefined, { signal: this.#stop.signal }).catch(() => {});
      while (!this.#stop.signal.aborted && this.#requests < most) {
        const next = performance.now() + each;
        await this.one(agent);
        await pause(Math.max(0, next - performance.now()));
      }
    };
    this.#done = Promise.all(Array.from({ length: workers }, (_, i) => worker((i * 1000) / perSecond))).finally(() =>
      agent.destroy(),
    );
  }

  private async one(agent: Agent): Promise<void> {
    this.#requests++;
    const failure = await getFrom(
      { ...this.target, tls: { ...this.target.tls, agent } },
      // a client that waits for long does not have to be waited for
      { deadline: this.deadline, signal: this.deadline > usualDeadline ? this.#stop.signal : undefined },
    ).then(
      ({ status, subset }) => (status === 200 ? undefined : `${subset ?? "none"} ${status}`),
      (error: Error) => (error.message === "interrupted" ? undefined : `none ${error.message}`),
    );
    if (failure) this.#failures.set(failure, (this.#failures.get(failure) ?? 0) + 1);
  }

  get got(): Got {
    return { requests: this.#requests, failures: new Map(this.#failures) };
  }

  /** Waits until at least so many requests were sent. */
  async reaches(requests: number): Promise<void> {
    while (this.#requests < requests) await pause(250);
  }

  async end(): Promise<Got> {
    this.#stop.abort();
    await this.#done;
    return this.got;
  }
}
