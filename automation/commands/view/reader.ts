import { appUrls } from "../../../model/traffic/urls";
import type { View, ViewPart } from "../../../model/view/state";
import { addReading, type CounterReading, trafficOf } from "../../../model/view/trafficWindow";
import type { RunningEnvironment } from "../../stack/runningEnvironment";
import { gatewayTallies } from "../rollout/gatewayCounters";
import { routedWeight } from "../rollout/routedWeight";
import type { CurrentEnvironment } from "./environment";
import { readCertificate, readMtls, readPart, readPods, readRollout, readTrials, readUpgrade } from "./parts";

/** Least time between two reads of the environment, in milliseconds; several browsers share one read. */
const freshness = 1500;
/** Seconds in which the API server has to answer. A part needs two answers at most, and the page waits for 20 s. */
const answerSeconds = 5;

/** Reads the running environment for the page. It changes nothing and sends no request to the app. */
export class ViewReader {
  #readings: CounterReading[] = [];
  #last: { readonly at: number; readonly view: Promise<View> } | undefined;
  #answered = true;

  constructor(
    private readonly stack: string,
    private readonly environment: Pick<CurrentEnvironment, "get">,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The environment as it was at most 1.5 s ago. Never rejects: a part that cannot be read is unknown. */
  read(): Promise<View> {
    const at = this.now();
    if (this.#last === undefined || at - this.#last.at > freshness) this.#last = { at, view: this.#read() };
    return this.#last.view;
  }

  async #read(): Promise<View> {
    const environment = await readPart(() => this.environment.get(this.#answered));
    /** A part of the environment; unknown when the stack itself could not be read. */
    const of = <Value>(read: (running: RunningEnvironment) => Promise<Value>): Promise<ViewPart<Value>> =>
      "value" in environment
        ? readPart(() => read({ ...environment.value, api: environment.value.api.within(answerSeconds) }))
        : Promise.resolve(environment);
    const [counters, weights, mtlsPart, certificatePart, podsPart, rollout, upgrade, trials] = await Promise.all([
      of(async ({ api }) => ({ snapshot: await gatewayTallies(api), at: this.now() })),
      of(async ({ api, settings }) => ({
        configured: settings.canaryWeight,
        routed: await routedWeight(api, settings),
      })),
      of(({ api, settings }) => readMtls(api, settings)),
      of(readCertificate),
      of(({ api }) => readPods(api)),
      readPart(() => readRollout(this.stack)),
      readPart(() => readUpgrade(this.stack)),
      readPart(() => readTrials(this.stack)),
    ]);
    this.#answered = "value" in podsPart;
    return {
      stack: this.stack,
      at: new Date(),
      addresses:
        "value" in environment
          ? appUrls(environment.value.settings, environment.value.ingressIp).map(
              ({ url, address, from }) => `${url} at ${address}, from ${from}`,
            )
          : [],
      traffic: this.#trafficOf(counters),
      ...{ weights, mtls: mtlsPart, certificate: certificatePart, pods: podsPart, rollout, upgrade, trials },
    };
  }

  #trafficOf(counters: ViewPart<CounterReading>): View["traffic"] {
    if (!("value" in counters)) return counters;
    this.#readings = addReading(this.#readings, counters.value);
    const traffic = trafficOf(this.#readings);
    // counters that began again say nothing about the time before
    if ("unknown" in traffic) this.#readings = this.#readings.slice(-1);
    return traffic;
  }
}
