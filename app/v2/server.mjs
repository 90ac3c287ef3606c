import { createServer } from "node:http";
import { hostname } from "node:os";

const version = "2.0.0";

const server = createServer((_request, response) => {
  response.end(`Hello, world!\nVersion: ${version}\nHostname: ${hostname()}\n`);
});
server.listen(Number(process.env.PORT ?? 8080));
process.on("SIGTERM", () => server.close());
