// A server that is none of ours: plain node:http, no dependency, speaking just enough of the Connect protocol.
//
//     node examples/foreign-greeter/server.mjs [--port 8200]        (or PORT=8200)
//     npx plimsoll run basic-load --profile smoke --url http://127.0.0.1:8200
//
// All that Plimsoll asks of the other side: POST /greeter.v1.GreeterService/SayHello with {"name":"X"} as
// application/json is answered 200 and {"message":"Hello, X!"}; an error is {"code":"...","message":"..."}.
import { createServer } from "node:http";

const flag = process.argv.indexOf("--port");
const port = Number(flag === -1 ? (process.env.PORT ?? 8200) : process.argv[flag + 1]);

const server = createServer(async (req, res) => {
  const answer = (status, body) => {
    res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  if (req.method !== "POST" || req.url !== "/greeter.v1.GreeterService/SayHello") {
    return answer(404, { code: "unimplemented", message: `no ${req.method} ${req.url} here` });
  }
  try {
    const { name = "" } = JSON.parse(Buffer.concat(await req.toArray()).toString());
    answer(200, { message: `Hello, ${name}!` });
  } catch {
    answer(400, { code: "invalid_argument", message: "the body is no JSON object" });
  }
});

server.keepAliveTimeout = 75_000; // a generator's idle connections should not be closed under its hands
server.listen(port, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${port}`));
