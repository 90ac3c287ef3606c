import { meshNamespace } from "../../names";
import type { UserObject } from "../manifests/objects";

/** Access logging of every proxy in a run. */
export const logging = [{ providers: [{ name: "envoy" }] }];

/** True for a Telemetry that applies to the whole mesh. Istio uses only one of them. */
export const isMeshTelemetry = ({ kind, $, spec }: UserObject): boolean =>
  kind === "Telemetry" && $.namespace === meshNamespace && !spec?.selector;
