/**
 * The least a Node server can do for the same bytes: node:http, JSON.parse, JSON.stringify. No protocol, no checks: the
 * floor under every other figure. Prints the port it listens on.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const server = createServer((req, res) => {
  let text = "";
  req.setEncoding("utf8");
  req.on("data", (chunk: string) => {
    text += chunk;
  });
  req.on("end", () => {
    const { name } = JSON.parse(text) as { name: string };
    res.writeHead(200, { "content-type": "application/json" });
    res.end(JSON.stringify({ message: `Hello, ${name}!` }));
  });
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
