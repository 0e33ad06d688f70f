/** A peer as the sessions need it; what may stand in a file is said in ../config/node-config.ts. */
export interface PeerConfig {
  readonly name: string;
  /** Tells peers apart that dial us, so no two of them may have the same. */
  readonly token: string;
  /** Where to dial the peer, ws: or wss:; without it the peer dials us. */
  readonly url?: string;
  /** Links at a time of a peer that dials us, 1 unless given. Of too many the oldest goes. */
  readonly sockets?: number;
}
