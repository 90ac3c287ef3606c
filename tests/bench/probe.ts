import { setTimeout as pause } from "node:timers/promises";
import { type Answer, get } from "../../host/http";
import { publicHost } from "../../model/names";
import type { Settings } from "../../model/settings/contract";

/** Seconds since some moment. */
export const since = (begun: number): number => (performance.now() - begun) / 1000;

/** Asks the app through the published port until an answer is as wanted, at most a minute. */
export async function probe(settings: Settings, ca: string, wanted: (answer: Answer) => boolean): Promise<void> {
  const target = { host: publicHost(settings.domain), address: "127.0.0.1", port: settings.httpsPort, tls: { ca } };
  for (const until = Date.now() + 60_000; Date.now() < until; await pause(20)) {
    const answer = await get(target).catch(() => undefined);
    if (answer && wanted(answer)) return;
  }
  throw new Error("the app did not answer as wanted within a minute");
}

export const answers = ({ status }: Answer): boolean => status === 200;
