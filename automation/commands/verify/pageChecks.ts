import { getFrom } from "../../../host/http";
import { poll } from "../../../host/wait";
import { type PageName, pageHost, pagePorts } from "../../../model/mesh/pages";
import { meshNamespace } from "../../../model/names";
import { publishedTarget } from "../../stack/runningEnvironment";
import type { Check } from "./check";

interface Targets {
  readonly data: { readonly activeTargets: readonly { readonly health: string; readonly scrapeUrl: string }[] };
}

/** Seconds in which Prometheus scrapes a pod that it has just found. */
const timeout = 30;

const scraped: Check = {
  step: 3,
  id: "prometheus-targets",
  title: "Prometheus scrapes the proxies",
  section: "inside-the-mesh",
  when: ({ prometheus }) => prometheus,
  run: ({ api }) =>
    poll(
      timeout,
      async () => {
        const path = `/api/v1/namespaces/${meshNamespace}/services/prometheus:${pagePorts.prometheus}/proxy/api/v1/targets`;
        const { activeTargets } = (await api.get<Targets>(path)).data;
        const up = activeTargets.filter(({ health }) => health === "up").length;
        return { passed: up > 0 && up === activeTargets.length, evidence: `${up} of ${activeTargets.length} pods up` };
      },
      ({ passed }) => passed,
    ),
};

const page = (name: PageName, path: string): Check => ({
  step: 3,
  id: `page-${name}`,
  title: `${name} answers behind the ingress gateway`,
  section: "inside-the-mesh",
  when: (settings) => settings[name],
  run: async (context) => {
    const host = pageHost(name, context.settings.domain);
    const { status } = await getFrom({ ...publishedTarget(context), host, path });
    return { passed: status === 200, evidence: `https://${host}${path} answers ${status}` };
  },
});

/** Checks of Prometheus, Grafana and Kiali; each is made if it is configured. */
export const pageChecks: readonly Check[] = [
  scraped,
  page("prometheus", "/-/ready"),
  page("grafana", "/api/health"),
  page("kiali", "/healthz"),
];
