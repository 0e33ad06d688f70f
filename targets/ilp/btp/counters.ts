/** What one peer's session has counted since it was made. Plain numbers: a page of metrics reads them as they are. */
export class Counters {
  messagesIn = 0;
  responsesIn = 0;
  errorsIn = 0;
  transfersIn = 0;
  bytesIn = 0;

  messagesOut = 0;
  responsesOut = 0;
  errorsOut = 0;
  transfersOut = 0;
  bytesOut = 0;

  /** Requests of ours that were not sent, by reason. */
  refusedDown = 0;
  refusedBackpressure = 0;
  refusedPendingFull = 0;
  /** Requests of ours that were sent and got no answer: in time, and for the loss of the link. */
  timedOut = 0;
  lost = 0;

  /** Answers after their request had timed out. */
  lateAnswers = 0;
  /** Answers to no request of ours, or second ones. */
  unexpectedAnswers = 0;
  /** Frames that are none, text among them. */
  unreadable = 0;
  /** Links that ended for what is no WebSocket message, or too large a one. */
  protocolErrors = 0;
  /** Requests of the peer that got an Error from the session: under an id that is in use, no ILP. */
  duplicateIds = 0;
  notAccepted = 0;
  /** Requests of the peer that were refused: beyond the bound of unanswered ones, or while the session closes. */
  inboundFull = 0;
  /** Messages of the peer that came while it did not read its answers, and were to be refused. */
  inboundBackpressure = 0;
  /** Answers of ours that found their link gone, or their request answered. */
  unsentAnswers = 0;
  /** Errors thrown by the handler. */
  faults = 0;

  /** Links that came up; all but the first are reconnects. */
  ups = 0;
  /** Links that ended, by reason. */
  replaced = 0;
  stalled = 0;
  overflowed = 0;
  silent = 0;
  /** Connects of ours that came to nothing, and those the peer refused for their token. */
  connectFailures = 0;
  authFailures = 0;
}
