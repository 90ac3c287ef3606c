import type { Api } from "../../../host/kubernetes";
import type { Plan } from "../../../model/trial/plan";
import type { Addresses } from "../../../model/trial/requests/destination";
import type { Pod } from "./cluster";

/** A run whose pods are ready to send requests. */
export interface Session {
  readonly api: Api;
  readonly plan: Plan;
  readonly pods: readonly Pod[];
  readonly addresses: Addresses;
  /** mtlsMode of the environment. */
  readonly meshMode: string;
  /** Domain of the environment. */
  readonly domain: string;
  /** Part of the ids of this run's requests. */
  readonly run: string;
}
