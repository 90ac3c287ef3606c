import { isMapping } from "../../mapping";
import type { Path, Place, Problem } from "./source";

/** Form of a field: a list of texts or numbers, a list of mappings, or a mapping. */
type Form = "texts" | "mappings" | "mapping";

/** Fields that a run reads before the API server checks the object, by kind. */
const fields: Readonly<Record<string, Readonly<Record<string, Form>>>> = {
  VirtualService: {
    hosts: "texts",
    gateways: "texts",
    exportTo: "texts",
    http: "mappings",
    tls: "mappings",
    tcp: "mappings",
  },
  DestinationRule: { exportTo: "texts", subsets: "mappings", trafficPolicy: "mapping", workloadSelector: "mapping" },
  Gateway: { servers: "mappings", listeners: "mappings", addresses: "mappings" },
  ServiceEntry: {
    hosts: "texts",
    addresses: "texts",
    exportTo: "texts",
    ports: "mappings",
    endpoints: "mappings",
    workloadSelector: "mapping",
  },
  Sidecar: { egress: "mappings", ingress: "mappings", workloadSelector: "mapping" },
  WorkloadEntry: { labels: "mapping", ports: "mapping" },
  AuthorizationPolicy: { rules: "mappings", selector: "mapping" },
  PeerAuthentication: { selector: "mapping", mtls: "mapping", portLevelMtls: "mapping" },
  RequestAuthentication: { jwtRules: "mappings", selector: "mapping" },
  HTTPRoute: { parentRefs: "mappings", hostnames: "texts", rules: "mappings" },
  GRPCRoute: { parentRefs: "mappings", hostnames: "texts", rules: "mappings" },
  Service: { ports: "mappings", selector: "mapping", externalIPs: "texts" },
  Deployment: { selector: "mapping", template: "mapping" },
  StatefulSet: { selector: "mapping", template: "mapping" },
};

/** Mappings within the lists of a kind, such as `route` of each http route. */
const inner: Readonly<Record<string, Readonly<Record<string, Form>>>> = {
  http: { match: "mappings", route: "mappings", mirrors: "mappings" },
  tls: { match: "mappings", route: "mappings" },
  tcp: { match: "mappings", route: "mappings" },
  servers: { hosts: "texts", port: "mapping", tls: "mapping" },
  egress: { hosts: "texts" },
};

const words: Readonly<Record<Form, string>> = {
  texts: "a list",
  mappings: "a list of mappings",
  mapping: "a mapping",
};

const fits = (form: Form, value: unknown): boolean =>
  form === "mapping"
    ? isMapping(value)
    : Array.isArray(value) && value.every((item) => isMapping(item) === (form === "mappings"));

function check(
  forms: Readonly<Record<string, Form>>,
  value: Readonly<Record<string, unknown>>,
  path: Path,
  report: (path: Path, message: string) => void,
): void {
  for (const [key, form] of Object.entries(forms)) {
    const field = value[key];
    if (field === undefined || field === null) continue;
    const at = [...path, key];
    if (!fits(form, field))
      report(at, `${at.join(".")} = ${JSON.stringify(field).slice(0, 60)} must be ${words[form]}`);
    else if (inner[key] && form === "mappings")
      for (const [i, item] of (field as Readonly<Record<string, unknown>>[]).entries())
        check(inner[key], item, [...at, i], report);
  }
}

/** Fields of the wrong form, each with its line. Other mistakes in an object are for the API server to find. */
export function shapeProblems(kind: string, spec: unknown, placeOf: (path: Path) => Place): Problem[] {
  const problems: Problem[] = [];
  const report = (path: Path, message: string): void => void problems.push({ ...placeOf(path), message });
  if (isMapping(spec)) check(fields[kind] ?? {}, spec, ["spec"], report);
  else if (spec !== undefined && spec !== null) report(["spec"], "spec must be a mapping");
  return problems;
}
