import { meshNamespace } from "../../../model/names";
import { type CommandWriter, configSet, run } from "../../../model/output/remedy";
import type { Tests } from "../../../model/trial/format/cases";
import { configuresMesh } from "../../../model/trial/manifests/kinds";
import type { Problem } from "../../../model/trial/manifests/source";
import type { Plan } from "../../../model/trial/plan";
import { untestedParts } from "../../../model/trial/report/untested";
import { outsideName } from "../../../model/trial/standIns/callers";
import type { RunningEnvironment } from "../../stack/runningEnvironment";

/** Cases that this environment would answer in its own way. */
export function unsupportedCases(
  { settings }: Pick<RunningEnvironment, "settings">,
  { cases }: Tests,
  commands: CommandWriter,
): Problem[] {
  if (!settings.tokens) return [];
  return cases
    .filter(({ from, request }) => from === outsideName && /^bearer /i.test(request.headers?.["authorization"] ?? ""))
    .map(({ file, line }) => ({
      file,
      line,
      message: `the environment's ingress gateway checks tokens itself (tokens = true) and would refuse one that this run does not issue; fix: use token in place of the header, or ${commands(configSet("tokens", false))} && ${commands(run("up"))}`,
    }));
}

/** Facts about the environment that change what is measured. */
export function environmentNotes({ settings }: Pick<RunningEnvironment, "settings">, { applied }: Plan): string[] {
  const mesh = applied
    // a Gateway, as a Secret, is used by what names it
    .filter(
      ({ $, apiVersion, kind }) => $.namespace === meshNamespace && configuresMesh(apiVersion) && kind !== "Gateway",
    )
    // with a selector it applies to pods of its own namespace only
    .filter(({ kind, spec }) => kind !== "PeerAuthentication" || !spec?.selector)
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  return [
    ...(settings.dataplane === "ambient"
      ? ["pods of a run have sidecars also in ambient (dataplane = ambient), so ztunnel and waypoints were not tested"]
      : []),
    ...(settings.mtlsMode === "PERMISSIVE"
      ? []
      : [`the mesh-wide mode of mutual TLS is ${settings.mtlsMode} (mtlsMode), where Istio's default is PERMISSIVE`]),
    ...(mesh.length > 0
      ? [`${mesh.join(", ")} in ${meshNamespace} also applied to helloworld while the cases ran`]
      : []),
    ...(settings.tokens
      ? [
          "the ingress gateway checks tokens itself (tokens = true): while the cases ran it also accepted those of this run",
          "the ingress gateway closes connections from outside that are no HTTP, such as TLS that a Gateway passes through: they have no token (tokens = true)",
        ]
      : []),
    ...untestedParts(applied),
    "callers outside the cluster are a pod without sidecar that connects to the gateway's Service",
  ];
}
