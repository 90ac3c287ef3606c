import type { Api } from "../../../host/kubernetes";
import { poll } from "../../../host/wait";
import { parseJson } from "../../../model/json";
import { type Answer, type Arrival, answeredBy } from "../../../model/trial/requests/observation";
import { containerName, type Pod, podsOf } from "./cluster";
import type { Session } from "./session";

/** Log of one container since a time, with some seconds to spare for a clock that differs. */
export function containerLog(api: Api, { metadata }: Pod, container: string, since: number): Promise<string> {
  const seconds = Math.ceil((Date.now() - since) / 1000) + 3;
  const { namespace, name } = metadata;
  return api.text(`/api/v1/namespaces/${namespace}/pods/${name}/log?container=${container}&sinceSeconds=${seconds}`);
}

/** Requests in the log of a stand-in. Other lines, and a line that is cut off, do not count. */
const arrivalsIn = (text: string): Arrival[] =>
  text.split("\n").flatMap((row) => (row.startsWith('{"trial":1') ? (parseJson<Arrival>(row) ?? []) : []));

async function readArrivals(
  { api, plan, pods }: Pick<Session, "api" | "plan" | "pods">,
  since: number,
): Promise<Map<string, Arrival[]>> {
  const answering = plan.standIns.flatMap(({ namespace, name }) => podsOf(pods, `${namespace}/${name}`));
  const texts = await Promise.all(answering.map((pod) => containerLog(api, pod, containerName, since)));
  const arrivalsById = new Map<string, Arrival[]>();
  for (const arrival of texts.flatMap(arrivalsIn))
    arrivalsById.set(arrival.id, [...(arrivalsById.get(arrival.id) ?? []), arrival]);
  return arrivalsById;
}

/** Seconds in which the container runtime passes on a line that a stand-in wrote before it answered. */
const timeout = 20;

/**
 * Requests that stand-ins received since a time, by request id. Waits until each answer's own arrival is among them; a pod's
 * earlier arrivals stand before it.
 *
 * @returns also the ids of answers whose arrival did not come
 */
export async function arrivalsSince(
  session: Pick<Session, "api" | "plan" | "pods">,
  since: number,
  answers: readonly Answer[],
): Promise<{ arrivals: ReadonlyMap<string, readonly Arrival[]>; late: ReadonlySet<string> }> {
  const answered = answers.flatMap((answer) => {
    const by = answeredBy({ answer, arrivals: [], log: [] });
    return by ? [{ id: answer.id, by }] : [];
  });
  const observe = async () => {
    const arrivals = await readArrivals(session, since);
    const hasArrived = ({ id, by }: (typeof answered)[number]) =>
      arrivals.get(id)?.some(({ pod, arrival }) => pod === by.pod && arrival === by.arrival);
    return { arrivals, late: new Set(answered.filter((request) => !hasArrived(request)).map(({ id }) => id)) };
  };
  return poll(timeout, observe, ({ late }) => late.size === 0);
}
