import type { Api } from "../../../host/kubernetes";
import type { Arrival } from "../../../model/trial/observation";
import { containerName, type Pod, podsOf } from "./cluster";
import type { Session } from "./session";

/** Log of one container since a time, with some seconds to spare for a clock that differs. */
export function containerLog(api: Api, { metadata }: Pod, container: string, since: number): Promise<string> {
  const seconds = Math.ceil((Date.now() - since) / 1000) + 3;
  const { namespace, name } = metadata;
  return api.text(`/api/v1/namespaces/${namespace}/pods/${name}/log?container=${container}&sinceSeconds=${seconds}`);
}

function parsed(text: string): Arrival[] {
  return text.split("\n").flatMap((row) => {
    if (!row.startsWith('{"trial":1')) return [];
    try {
      return [JSON.parse(row) as Arrival];
    } catch {
      return [];
    }
  });
}

/** Requests that stand-ins received since a time, by request id. */
export async function arrivalsSince(
  { api, plan, pods }: Pick<Session, "api" | "plan" | "pods">,
  since: number,
): Promise<Map<string, Arrival[]>> {
  const answering = plan.standIns.flatMap(({ namespace, name }) => podsOf(pods, `${namespace}/${name}`));
  const texts = await Promise.all(answering.map((pod) => containerLog(api, pod, containerName, since)));
  const all = new Map<string, Arrival[]>();
  for (const arrival of texts.flatMap(parsed)) all.set(arrival.id, [...(all.get(arrival.id) ?? []), arrival]);
  return all;
}
