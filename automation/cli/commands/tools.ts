import { command } from "../command";

export const tools = command({
  name: "tools",
  summary: "fetches kubectl and istioctl, if the PATH has none",
  details:
    'They go to `.tools` in this folder, which `eval "$(npm run --silent env)"` puts on the PATH. Their versions are those of the default cluster and mesh.',
  options: {},
  isForAllStacks: true,
  tools: () => ["kubectl", "istioctl"],
  run: async ({ say }) => say((await import("../../stack/tools")).whereTools(["kubectl", "istioctl"])),
});
