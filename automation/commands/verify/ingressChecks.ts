import { getFrom, type Target } from "../../../host/http";
import { binomialBand, wilsonInterval } from "../../../model/canary/share";
import { app } from "../../../model/names";
import { remedy } from "../../../model/output/remedy";
import { parseUrl } from "../../../model/url";
import { publishedTarget } from "../../stack/runningEnvironment";
import { certificateChecks } from "./certificateChecks";
import type { Check, CheckContext } from "./check";
import { countVersions } from "./versions";

const firstLine = (body: string): string => body.split("\n")[0]?.slice(0, 60) ?? "";

const restores = remedy`${{ command: "pulumi", args: "up --refresh --yes" }} restores what was edited by hand`;

const ingress: Check = {
  step: 4,
  id: "plain-ingress",
  title: "a plain Ingress gets 404",
  section: "curl-at-the-ingress",
  run: async (context) => {
    const { api, scratch, settings } = context;
    const host = `plain.${settings.domain}`;
    const backend = { service: { name: app.name, port: { number: app.port } } };
    await api.create(`/apis/networking.k8s.io/v1/namespaces/${scratch}/ingresses`, {
      metadata: { name: "plain" },
      spec: { rules: [{ host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }] },
    });
    const { status } = await getFrom({ ...publishedTarget(context), host });
    return { passed: status === 404, evidence: `https://${host}/ answers ${status}` };
  },
};

const redirect: Check = {
  step: 6,
  id: "http-redirect",
  title: "HTTP is redirected to HTTPS",
  section: "curl-at-the-ingress",
  remedy: restores,
  run: async (context) => {
    const { host, address } = publishedTarget(context);
    const { httpPort, httpsPort } = context.settings;
    const { status, location = "" } = await getFrom({ host, address, port: httpPort });
    const wanted = new URL(`https://${host}:${httpsPort}/`).href;
    const isRight = parseUrl(location)?.href === wanted;
    return { passed: status === 301 && isRight, evidence: `${status} to ${location || "nowhere"}` };
  },
};

const trusted = (
  id: string,
  where: string,
  target: (context: CheckContext) => Target,
  when?: Check["when"],
): Check => ({
  step: 6,
  id,
  title: `HTTPS answers 200 to a client that trusts the CA, ${where}`,
  section: "curl-at-the-ingress",
  ...(when && { when }),
  run: async (context) => {
    const { status, body } = await getFrom(target(context));
    return { passed: status === 200, evidence: `${status} "${firstLine(body)}"` };
  },
});

const requests = 2000;

const share: Check = {
  step: 9,
  id: "canary-share",
  title: "version 2 gets its share",
  section: "rollouts",
  remedy: restores,
  run: async (context) => {
    const { counts, others } = await countVersions(context, requests);
    const canary = counts.v2;
    const { canaryWeight, dataplane, waypoint } = context.settings;
    const { low, high } = binomialBand(requests, canaryWeight / 100);
    const inside =
      dataplane === "ambient" && !waypoint ? "; calls of pods are not split, since there is no waypoint" : "";
    const [from, to] = wilsonInterval(canary, requests).map((bound) => (bound * 100).toFixed(1));
    return {
      passed: others.length === 0 && canary >= low && canary <= high,
      evidence: `${canary} of ${requests}, ${from} to ${to} % with 95 % confidence, band ${low} to ${high}${others.length ? `; also ${others}` : ""}${inside}`,
    };
  },
};

/** Checks that a client outside the cluster can make. */
export const ingressChecks: readonly Check[] = [
  ingress,
  redirect,
  trusted("https-published", "through the host's port", publishedTarget, ({ cluster }) => cluster === "k3d"),
  trusted(
    "https-load-balancer",
    "at the load balancer's address",
    (context) => ({ ...publishedTarget(context), address: context.ingressIp, port: 443 }),
    ({ cluster }, { routesToNodes }) => cluster === "existing" || routesToNodes,
  ),
  ...certificateChecks,
  share,
];
