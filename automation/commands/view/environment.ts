import type { RunningEnvironment } from "../../stack/runningEnvironment";

/** Least time between two reads because the cluster did not answer, in milliseconds: each starts Pulumi's CLI twice. */
const retryInterval = 15_000;

interface Sources {
  readonly read: () => Promise<RunningEnvironment>;
  /** Changes whenever the configuration does, such as the time of its file. */
  readonly version: () => Promise<number>;
  readonly now?: () => number;
}

/**
 * The environment of a stack as it is now, for a process that runs for hours.
 *
 * The configuration and the outputs are read again when the configuration has changed. They are also read again while
 * the cluster does not answer, because another cluster may have taken its place.
 */
export class CurrentEnvironment {
  readonly #sources: Required<Sources>;
  #known: { readonly version: number; readonly at: number; readonly environment: Promise<RunningEnvironment> };

  private constructor(sources: Required<Sources>, version: number, environment: Promise<RunningEnvironment>) {
    this.#sources = sources;
    this.#known = { version, at: sources.now(), environment };
  }

  /** @throws OperationFailed when the stack is not up */
  static async open(sources: Sources): Promise<CurrentEnvironment> {
    const complete = { now: () => performance.now(), ...sources };
    const version = await complete.version();
    const environment = complete.read();
    await environment;
    return new CurrentEnvironment(complete, version, environment);
  }

  /**
   * @param answered - false if the cluster did not answer the last time
   * @throws OperationFailed when the stack is no longer up
   */
  async get(answered: boolean): Promise<RunningEnvironment> {
    const { read, version, now } = this.#sources;
    const current = await version();
    const failed = await this.#known.environment.then(
      () => !answered,
      () => true,
    );
    const isDue = failed && now() - this.#known.at >= retryInterval;
    if (current !== this.#known.version || isDue) this.#known = { version: current, at: now(), environment: read() };
    return this.#known.environment;
  }
}
