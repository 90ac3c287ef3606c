import { get } from "../../../host/http";
import { watch } from "../../../host/wait";
import { type PageName, pageHost, pagePorts } from "../../../model/mesh/observability";
import { meshNamespace } from "../../../model/names";
import { published } from "../../stack/running";
import type { Check } from "./check";

interface Targets {
  readonly data: { readonly activeTargets: readonly { readonly health: string; readonly scrapeUrl: string }[] };
}

/** Seconds in which Prometheus scrapes a pod that it has just found. */
const reach = 30;

const scraped: Check = {
  step: 3,
  name: "Prometheus scrapes the proxies",
  when: ({ prometheus }) => prometheus,
  see: ({ api }) =>
    watch(
      reach,
      async () => {
        const path = `/api/v1/namespaces/${meshNamespace}/services/prometheus:${pagePorts.prometheus}/proxy/api/v1/targets`;
        const { activeTargets } = (await api.get<Targets>(path)).data;
        const up = activeTargets.filter(({ health }) => health === "up").length;
        return { holds: up > 0 && up === activeTargets.length, evidence: `${up} of ${activeTargets.length} pods up` };
      },
      ({ holds }) => holds,
    ),
};

const page = (name: PageName, path: string): Check => ({
  step: 3,
  name: `${name} answers behind the ingress gateway`,
  when: (settings) => settings[name],
  see: async (subject) => {
    const host = pageHost(name, subject.settings.domain);
    const { status } = await get({ ...published(subject), host, path });
    return { holds: status === 200, evidence: `https://${host}${path} answers ${status}` };
  },
});

/** What shows the mesh from inside, where it is asked for. */
export const pageChecks: readonly Check[] = [
  scraped,
  page("prometheus", "/-/ready"),
  page("grafana", "/api/health"),
  page("kiali", "/healthz"),
];
