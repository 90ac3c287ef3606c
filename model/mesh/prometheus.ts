import { readVerbs } from "./pages";

const annotation = (name: string): string => `__meta_kubernetes_pod_annotation_prometheus_io_${name}`;

/**
 * Configuration of Prometheus: it scrapes every pod with the annotations that sidecars, gateways and istiod carry
 * (https://istio.io/latest/docs/ops/integrations/prometheus/#option-2-customized-scraping-configurations).
 */
export const scrapeConfig = () => ({
  global: { scrape_interval: "15s", scrape_timeout: "10s" },
  scrape_configs: [
    {
      job_name: "pods",
      kubernetes_sd_configs: [{ role: "pod" }],
      relabel_configs: [
        { source_labels: [annotation("scrape")], regex: "true", action: "keep" },
        { source_labels: ["__meta_kubernetes_pod_phase"], regex: "Pending|Succeeded|Failed", action: "drop" },
        { source_labels: [annotation("path")], regex: "(.+)", target_label: "__metrics_path__" },
        {
          source_labels: ["__meta_kubernetes_pod_ip", annotation("port")],
          separator: ":",
          regex: "(.+:.+)",
          target_label: "__address__",
        },
        { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
        { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
      ],
    },
  ],
});

/** Permissions of Prometheus, with which it discovers the pods that it scrapes. */
export const prometheusRules = [{ apiGroups: [""], resources: ["pods"], verbs: readVerbs }];
