import { askEnvoy } from "../../../host/envoyAdmin";
import type { Api } from "../../../host/kubernetes";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { answerSeconds, type Pod } from "./cluster";

/**
 * Returns true if the gauges of a pod's Envoy are all 0. A proxy that does not answer, or has none of them, is not known to
 * be at 0.
 *
 * @param gauges - regular expression of their names
 */
export async function areAtZero(api: Api, { metadata }: Pod, gauges: string): Promise<boolean> {
  const text = await askEnvoy(api, metadata, `stats?filter=${gauges}`, answerSeconds).catch(() => "");
  const counts = [...text.matchAll(/: (\d+)$/gm)].map(([, count]) => count);
  return counts.length > 0 && counts.every((count) => count === "0");
}

/**
 * Does nothing if no proxy is left.
 *
 * @param what - a verb with its object: what the proxies still do
 * @throws OperationFailed naming the proxies
 */
export function refuseProxiesLeft(left: readonly Pod[], seconds: number, what: string): void {
  if (left.length === 0) return;
  const names = left.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`).join(", ");
  throw new OperationFailed(`after ${seconds} s these proxies still ${what}: ${names}`, exitCodes.inconclusive);
}
