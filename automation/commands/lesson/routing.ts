import { get } from "../../../host/http";
import { watch } from "../../../host/wait";
import { binomialBand } from "../../../model/canary/share";
import { gateway, meshNamespace } from "../../../model/names";
import {
  type RoutingMistake,
  routingMistakes,
  type Specs,
  strayCredential,
  strayWeights,
} from "../../../model/verification/mistakes";
import { published } from "../../stack/running";
import type { Seen, Subject } from "../verify/check";
import { countVersions } from "../verify/versions";
import { edit, paths, type Undo } from "./edit";
import type { Exercise } from "./exercise";

/** Seconds in which a change of routing reaches the gateway. */
const reach = 20;
/** Seconds in which it does without a certificate: for 15 of them Envoy waits for one, and serves as before. */
const withoutCertificate = 45;
const requests = 500;

/** What the door says to one request: a status, or the code of the error that it ends with. */
const answer = (subject: Subject, port?: number): Promise<string> => {
  const { tls, ...plain } = published(subject);
  return get(port === undefined ? { ...plain, tls } : { ...plain, port }).then(
    ({ status }) => String(status),
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
};

const isStatus = (text: string): boolean => /^\d{3}$/.test(text);

async function see(shows: RoutingMistake["shows"], subject: Subject): Promise<Seen> {
  const { httpPort } = subject.settings;
  if (shows === "another share") {
    const share = (strayWeights[1] / (strayWeights[0] + strayWeights[1])) as number;
    const { low, high } = binomialBand(requests, share);
    const inBand = (seen: number) => seen >= low && seen <= high;
    const canary = await watch(reach, async () => (await countVersions(subject, requests)).counts.v2, inBand);
    return { holds: inBand(canary), evidence: `version 2 answered ${canary} of ${requests} requests` };
  }
  const looks = {
    "404": [() => answer(subject), (text: string) => text === "404"],
    "503": [() => answer(subject), (text: string) => text === "503"],
    "no TLS": [() => answer(subject), (text: string) => !isStatus(text)],
    "no redirect": [() => answer(subject, httpPort), (text: string) => isStatus(text) && text !== "301"],
  } as const;
  const [look, holds] = looks[shows];
  const evidence = await watch(shows === "no TLS" ? withoutCertificate : reach, look, holds);
  return { holds: holds(evidence), evidence };
}

/** A Secret with the certificate, in a namespace where no gateway runs. */
async function strayCertificate({ api, scratch }: Subject): Promise<void> {
  const secrets = (namespace: string) => `/api/v1/namespaces/${namespace}/secrets`;
  const { type, data } = await api.get<{ type: string; data: object }>(
    `${secrets(meshNamespace)}/${gateway.credentialName}`,
  );
  await api.create(secrets(scratch), { metadata: { name: strayCredential }, type, data });
}

async function change<Kind extends keyof Specs>(
  kind: Kind,
  { edits }: RoutingMistake,
  { api, settings }: Subject,
  onUndo: (undo: Undo) => void,
): Promise<void> {
  const by = edits[kind];
  if (by) onUndo(await edit<Specs[Kind]>(api, paths[kind], (spec) => by(spec, settings)));
}

const exercise = (mistake: RoutingMistake): Exercise => ({
  ...mistake,
  make: async (subject, onUndo) => {
    if (mistake.shows === "no TLS") await strayCertificate(subject);
    for (const kind of ["Gateway", "DestinationRule", "VirtualService"] as const)
      await change(kind, mistake, subject, onUndo);
    return see(mistake.shows, subject);
  },
});

/** Exercises on routing, each ending with the routes as they were. */
export const routingExercises: readonly Exercise[] = routingMistakes.map(exercise);

/** Waits until the door answers as it did before the mistake. */
export async function healed(subject: Subject): Promise<void> {
  const seen = await watch(
    reach,
    () => answer(subject),
    (text) => text === "200",
  );
  if (seen !== "200") throw new Error(`the mistake is put back, and the app still answers ${seen}`);
}
