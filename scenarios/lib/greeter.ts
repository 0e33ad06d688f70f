import { check } from "k6";
import exec from "k6/execution";
import http, { type RefinedResponse } from "k6/http";

const NAME = "Plimsoll";
const BODY = JSON.stringify({ name: NAME });
const HEADERS = { "Content-Type": "application/json", "Connect-Protocol-Version": "1" };

/** The tags every request carries beside k6's own. */
export interface RequestTags {
  readonly phase: string;
  readonly variant: string;
  readonly [extra: string]: string;
}

/**
 * One unary call of greeter.v1.GreeterService/SayHello in the Connect protocol (JSON over HTTP/1.1), checked for a
 * greeting in the answer.
 *
 * @param baseUrl where the server answers, without a slash at the end
 * @returns milliseconds from asking for a connection to the last byte of the answer, or to its failure
 */
export function sayHello(baseUrl: string, timeoutMs: number, tags: RequestTags): number {
  const startMs = exec.instance.currentTestRunDuration;
  let answer: RefinedResponse<"text"> | undefined;
  try {
    answer = http.post(`${baseUrl}/greeter.v1.GreeterService/SayHello`, BODY, {
      headers: HEADERS,
      responseType: "text",
      timeout: timeoutMs,
      tags: { name: "SayHello", ...tags },
    });
  } catch (error) {
    reportOnce(error);
  }
  // Of an answer, k6's own timings: they are taken at the socket, not when this VU gets to run again. `blocked` holds
  // the time to connect. A failure has none.
  const tookMs = answer
    ? answer.timings.blocked + answer.timings.duration
    : exec.instance.currentTestRunDuration - startMs;
  const greeted = answer?.status === 200 && answer.body.includes(NAME);
  if (answer && !greeted) reportOnce(`status ${answer.status}, ${answer.body.slice(0, 80)}`);
  check(greeted, { greeted: (it) => it }, tags);
  return tookMs;
}

/** So many VUs say why a request of theirs failed: enough to hear of it, too few to flood a terminal. */
const TALKATIVE = 5;

let reported = false;

/** Says why a request failed, or was answered wrongly: once a VU, the others are only counted. */
function reportOnce(error: unknown): void {
  if (reported || exec.vu.idInTest > TALKATIVE) return;
  reported = true;
  console.warn(`a request failed: ${error instanceof Error ? error.message : error}`);
}
