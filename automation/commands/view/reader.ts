import { appUrls } from "../../../model/traffic/urls";
import type { View } from "../../../model/view/state";
import { addReading, type CounterReading, trafficOf } from "../../../model/view/trafficWindow";
import type { RunningEnvironment } from "../../stack/runningEnvironment";
import { gatewayTallies } from "../rollout/gatewayCounters";
import { routedWeight } from "../rollout/routedWeight";
import { readCertificate, readMtls, readPart, readPods, readRollout, readTrial, readUpgrade } from "./parts";

/** Least time between two reads of the environment, in milliseconds; several browsers share one read. */
const freshness = 1500;

/** Reads the running environment for the page. It changes nothing and sends no request to the app. */
export class ViewReader {
  #looks: CounterReading[] = [];
  #last: { readonly at: number; readonly view: Promise<View> } | undefined;

  constructor(
    private readonly stack: string,
    private readonly environment: RunningEnvironment,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The environment as it was at most 1.5 s ago. Never rejects: a part that cannot be read is unknown. */
  read(): Promise<View> {
    const at = this.now();
    if (this.#last === undefined || at - this.#last.at > freshness) this.#last = { at, view: this.#read(at) };
    return this.#last.view;
  }

  async #read(at: number): Promise<View> {
    const { api, settings, ingressIp } = this.environment;
    const look = await readPart(() => gatewayTallies(api));
    if ("value" in look) this.#looks = addReading(this.#looks, { at, snapshot: look.value });
    const traffic = "value" in look ? trafficOf(this.#looks) : look;
    // counters that began again say nothing about the time before
    if ("value" in look && "unknown" in traffic) this.#looks = this.#looks.slice(-1);
    const [weightsPart, mtlsPart, certificatePart, podsPart, rollout, upgrade, trial] = await Promise.all([
      readPart(async () => ({ configured: settings.canaryWeight, routed: await routedWeight(api, settings) })),
      readPart(() => readMtls(api, settings)),
      readPart(() => readCertificate(this.environment)),
      readPart(() => readPods(api)),
      readPart(() => readRollout(this.stack)),
      readPart(() => readUpgrade(this.stack)),
      readPart(() => readTrial()),
    ]);
    return {
      stack: this.stack,
      at: new Date(),
      addresses: appUrls(settings, ingressIp).map(({ url, from }) => `${url} from ${from}`),
      ...{
        weights: weightsPart,
        traffic,
        mtls: mtlsPart,
        certificate: certificatePart,
        pods: podsPart,
        rollout,
        upgrade,
        trial,
      },
    };
  }
}
