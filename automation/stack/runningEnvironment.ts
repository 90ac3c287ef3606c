import type { OutputMap, Stack } from "@pulumi/pulumi/automation";
import type { Target } from "../../host/http";
import { contextAccess } from "../../host/kubeconfig";
import { Api } from "../../host/kubernetes";
import { publicHost } from "../../model/names";
import type { OutputName, Settings } from "../../model/settings/contract";
import { hostAddress } from "../../model/traffic/urls";
import { issueToken } from "./issueToken";
import { OperationFailed } from "./operation";
import { settingsOf } from "./stack";

/** A running environment, known by its configuration and its outputs. */
export interface RunningEnvironment {
  readonly settings: Settings;
  readonly api: Api;
  readonly ca: string;
  readonly ingressIp: string;
  /** Key that signs tokens for the ingress gateway. Empty if it requires none. */
  readonly tokenKey: string;
  /** Headers that the ingress gateway requires. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The running environment of a stack, from its configuration and outputs.
 *
 * @param exitCode - with which a command ends where there is none
 * @param known - what of it was asked already, as by an up that has just ended
 * @throws OperationFailed if the stack is not up
 */
export async function runningEnvironment(
  stack: Stack,
  exitCode: number,
  known: { readonly settings?: Settings | undefined; readonly outputs?: OutputMap } = {},
): Promise<RunningEnvironment> {
  const [settings, outputs] = await Promise.all([
    known.settings ?? settingsOf(stack),
    known.outputs ?? stack.outputs(),
  ]);
  const output = (name: OutputName) => String(outputs[name]?.value ?? "");
  if (!settings || !output("ingressIp"))
    throw new OperationFailed(`stack ${stack.name} is not up; run: npm start -- --stack ${stack.name}`, exitCode);
  const tokenKey = output("tokenKey");
  const token = tokenKey && (await issueToken(tokenKey, { domain: settings.domain, minutes: 24 * 60 }));
  return {
    settings,
    // the user's kubeconfig is read when a command first asks the API server
    api: new Api(settings.cluster === "existing" ? contextAccess(settings.kubeContext) : output("kubeconfig")),
    ca: output("caPem"),
    ingressIp: output("ingressIp"),
    tokenKey,
    headers: token ? { authorization: `Bearer ${token}` } : {},
  };
}

/** The app's address on this host, with the CA that its clients trust. */
export const publishedTarget = ({
  settings,
  ca,
  headers,
  ingressIp,
}: RunningEnvironment): Target & { tls: { ca: string } } => ({
  host: publicHost(settings.domain),
  address: hostAddress(settings, ingressIp),
  port: settings.httpsPort,
  headers,
  tls: { ca },
});
