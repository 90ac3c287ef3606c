import { type AppResponse, getFrom } from "../../host/http";
import { poll } from "../../host/wait";
import { publicHost } from "../../model/names";
import type { Settings } from "../../model/settings/contract";

/** Seconds since some moment. */
export const since = (begun: number): number => (performance.now() - begun) / 1000;

/** Asks the app through the published port until an answer is as wanted, at most a minute. */
export async function probe(settings: Settings, ca: string, wanted: (answer: AppResponse) => boolean): Promise<void> {
  const target = { host: publicHost(settings.domain), address: "127.0.0.1", port: settings.httpsPort, tls: { ca } };
  const isWanted = (answer: AppResponse | undefined) => answer !== undefined && wanted(answer);
  const last = await poll(60, () => getFrom(target).catch(() => undefined), isWanted, 20);
  if (!isWanted(last)) throw new Error("the app did not answer as wanted within a minute");
}

export const answers = ({ status }: AppResponse): boolean => status === 200;
