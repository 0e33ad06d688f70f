import { z } from "zod";

const peerSchema = z.strictObject({
  /** One segment of an ILP address (RFC 0015), as it may become one. */
  name: z.string().regex(/^[A-Za-z0-9_~-]{1,64}$/, "letters, digits, _ ~ - only, at most 64"),
  token: z.string().min(1, "a token of one character at least").max(1024),
  /** Where to dial the peer; without it the peer dials us. */
  url: z
    .url({ protocol: /^wss?$/, error: "a ws: or wss: URL" })
    .refine((url) => !url.includes("#"), "a URL without a fragment")
    .optional(),
  /** Links at a time of a peer that dials us. Of too many the oldest goes. */
  sockets: z.int().min(1).max(1024).optional(),
});

/** A peer as the config has it. */
export type PeerConfig = Readonly<z.infer<typeof peerSchema>>;

/** The peers of a node. Tokens tell peers apart, so no two of those that dial us may have the same. */
export const peersSchema = z.array(peerSchema).superRefine((peers, context) => {
  const names = new Set<string>();
  const tokens = new Set<string>();
  peers.forEach(({ name, token, url }, index) => {
    if (names.has(name))
      context.addIssue({ code: "custom", path: [index, "name"], message: `a second peer named ${name}` });
    if (url === undefined && tokens.has(token))
      context.addIssue({ code: "custom", path: [index, "token"], message: "another peer has this token" });
    names.add(name);
    if (url === undefined) tokens.add(token);
  });
});
