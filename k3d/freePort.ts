import { createServer } from "node:net";

/** A port of 127.0.0.1 that is free. A port that Docker chooses changes at each restart of the container. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
