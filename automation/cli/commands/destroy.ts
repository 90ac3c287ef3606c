import { command } from "../command";
import { flag } from "../option";

export const destroy = command({
  name: "destroy",
  summary: "removes the environment; its configuration stays",
  details:
    "It removes everything that carries the stack's id: containers, network, volumes. It also works when the cluster or the state is gone already, and touches nothing of anybody else. Pulumi goes first, so a wrong passphrase leaves the cluster as it is.",
  options: { images: flag("also removes the caches of images, which serve every environment of this machine") },
  tools: () => ["pulumi", "k3d"],
  before: async ({ stack }) => {
    await (await import("../../commands/destroy")).refuseNothingToRemove(stack);
    return undefined;
  },
  run: async ({ stack, options, say }) => (await import("../../commands/destroy")).destroy(stack, say, options.images),
});
