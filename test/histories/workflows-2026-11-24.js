// workflows/burst.ts
import { CancellationScope, setCurrentDetails, setHandler, workflowInfo as workflowInfo2 } from "@temporalio/workflow";

// workflows/activities.ts
import {
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo
} from "@temporalio/workflow";

// workflows/messages.ts
import { defineSearchAttributeKey, SearchAttributeType } from "@temporalio/common";
import { defineQuery, defineSignal } from "@temporalio/workflow";
var retryNow = defineSignal("retryNow");
var cancel = defineSignal("cancel");
var reschedule = defineSignal("reschedule");
var endpointChanged = defineSignal("endpointChanged");
var proceed = defineSignal("proceed");
var log = defineQuery("log");
var status = defineQuery("status");
var AccountId = defineSearchAttributeKey("AccountId", SearchAttributeType.KEYWORD);
var EndpointId = defineSearchAttributeKey("EndpointId", SearchAttributeType.KEYWORD);
var EventType = defineSearchAttributeKey("EventType", SearchAttributeType.KEYWORD);
var DeliveryStatusKey = defineSearchAttributeKey("DeliveryStatus", SearchAttributeType.KEYWORD);
var DeliveryIds = defineSearchAttributeKey("DeliveryIds", SearchAttributeType.KEYWORD_LIST);
var SEARCH_ATTRIBUTES = [
  ...[AccountId, EndpointId, EventType, DeliveryStatusKey].map(({ name }) => ({
    name,
    type: "Keyword"
  })),
  { name: DeliveryIds.name, type: "KeywordList" }
];

// workflows/activities.ts
var startToCloseTimeout = "1 minute";
var heartbeatTimeout = "15 seconds";
var retry = {
  initialInterval: "1 second",
  maximumInterval: "30 seconds",
  nonRetryableErrorTypes: ["UnknownDelivery"]
};
var local = proxyLocalActivities({
  startToCloseTimeout,
  retry: { ...retry, maximumAttempts: 3 }
});
function ordinary(summary, first = false) {
  return proxyActivities({
    startToCloseTimeout,
    heartbeatTimeout,
    retry,
    ...summary && { summary },
    ...first && { priority: { priorityKey: 1 } }
  });
}
function inThisTask(summary) {
  const later = ordinary(summary);
  return {
    attempt: orLater(local.attempt, (input) => later.attempt({ ...input, inTask: false })),
    record: orLater(local.record, later.record),
    reconsider: orLater(local.reconsider, later.reconsider),
    settle: orLater(local.settle, later.settle),
    handOver: orLater(local.handOver, later.handOver)
  };
}
function manyInThisTask(summary) {
  const together = { startToCloseTimeout: "2 minutes" };
  const local2 = proxyLocalActivities({ ...together, retry: { ...retry, maximumAttempts: 3 } });
  const later = proxyActivities({ ...together, heartbeatTimeout, retry, summary });
  return { attemptEach: orLater(local2.attemptEach, later.attemptEach) };
}
function rider() {
  const { typedSearchAttributes } = workflowInfo();
  const accountId = typedSearchAttributes.get(AccountId);
  const endpointId = typedSearchAttributes.get(EndpointId);
  return accountId && endpointId ? { accountId, endpointId } : void 0;
}
function orLater(now, later) {
  return async (input) => {
    try {
      return await now(input);
    } catch (error) {
      if (isCancellation(error)) throw error;
      return later(input);
    }
  };
}

// workflows/burst-messages.ts
import { defineQuery as defineQuery2 } from "@temporalio/workflow";
var carriedLog = defineQuery2("log");

// workflows/burst.ts
async function burst({ deliveries }) {
  const { workflowId: burst2 } = workflowInfo2();
  let log2 = {};
  setHandler(carriedLog, () => log2);
  const { attemptEach } = manyInThisTask("first attempts");
  const { record, handOver } = inThisTask();
  return CancellationScope.nonCancellable(async () => {
    const made = await attemptEach({ burst: burst2, deliveries });
    log2 = made.log;
    await Promise.all(made.unrecorded.map(record));
    const goOn = made.unrecorded.filter(({ step }) => step.kind !== "settled");
    if (goOn.length > 0) await handOver({ burst: burst2, deliveryIds: goOn.map(({ deliveryId }) => deliveryId) });
    const { settled, handedOver } = made;
    setCurrentDetails(`${settled} ended with their first attempt; ${handedOver} go on by themselves.`);
    return { settled, handedOver };
  });
}

// workflows/delivery.ts
import { CancellationScope as CancellationScope2, condition, isCancellation as isCancellation2 } from "@temporalio/workflow";

// workflows/story.ts
import { setCurrentDetails as setCurrentDetails2, setHandler as setHandler2, upsertSearchAttributes } from "@temporalio/workflow";

// src/domain/story.ts
function attemptTitle(number, allowed) {
  return `attempt ${number} of ${allowed}`;
}
function attemptResult({ responseStatus, error, durationMs }) {
  const what = [responseStatus, error].filter((part) => part !== void 0).join(" ");
  return `${what} in ${durationMs} ms`;
}

// workflows/story.ts
function openStory(first) {
  const entries = [];
  let nudges = [];
  let step = first;
  let attempts = 0;
  let allowed;
  let lastEndedAt;
  let apart = false;
  let woken = false;
  let shownStatus = "pending";
  const now = () => (/* @__PURE__ */ new Date()).toISOString();
  const resting = () => step.kind === "waiting" || step.kind === "held";
  const title = () => allowed ? attemptTitle(attempts + 1, allowed) : `attempt ${attempts + 1}`;
  function changed(change, by = "temporal") {
    entries.push({ at: now(), kind: "changed", change, by });
  }
  const lastAttempt = () => entries.findLast((entry) => entry.kind === "attempt");
  function statusNow() {
    switch (step.kind) {
      case "due":
        return "delivering";
      case "waiting":
        return attempts === 0 ? "pending" : "retrying";
      case "held":
        if (step.endpoint !== "busy") return "held";
        return attempts === 0 ? "pending" : "retrying";
      case "settled":
        return step.status;
    }
  }
  const isMeant = (afterAttempt) => resting() ? afterAttempt >= attempts : afterAttempt > attempts;
  setHandler2(retryNow, ({ by, afterAttempt } = {}) => {
    const meant = afterAttempt === void 0 ? resting() : isMeant(afterAttempt);
    if (!meant || nudges.some(({ kind }) => kind === "retry")) return;
    changed("retry", by);
    nudges.push({ kind: "retry" });
  });
  setHandler2(cancel, ({ by } = {}) => {
    changed("cancel", by);
    nudges.unshift({ kind: "cancel" });
  });
  setHandler2(reschedule, ({ by, afterAttempt, ...asked }) => {
    if (afterAttempt !== void 0 && !isMeant(afterAttempt)) return;
    changed("reschedule", by);
    nudges.push({ kind: "reschedule", asked });
  });
  setHandler2(endpointChanged, ({ by } = {}) => {
    changed("endpoint_changed", by);
    nudges.push({ kind: "endpoint_changed" });
  });
  setHandler2(proceed, ({ by } = {}) => {
    if (step.kind !== "held" && step.kind !== "due") return;
    if (by) changed("endpoint_changed", by);
    nudges.push({ kind: "proceed" });
  });
  setHandler2(log, () => entries);
  setHandler2(status, () => ({
    status: statusNow(),
    attemptCount: attempts,
    ...step.kind === "waiting" && { nextAttemptAt: step.until },
    ...step.kind === "settled" && step.reason && { reason: step.reason }
  }));
  return {
    get attempts() {
      return attempts;
    },
    /** Whether attempts are activities of their own: it has slept, or there was no room in the worker's tasks. */
    get apart() {
      return apart;
    },
    /** Whether its endpoint has room that is kept for it. */
    get woken() {
      return woken;
    },
    attemptTitle: title,
    /** `until attempt 2 of 6, after 503 server_error in 12 ms` */
    waitTitle() {
      const last = lastAttempt();
      return `until ${title()}${last ? `, after ${attemptResult(last)}` : ""}`;
    },
    changed,
    nudged: () => nudges.length > 0,
    takeNudge() {
      const nudge = nudges.shift();
      woken = nudge.kind === "proceed";
      return nudge;
    },
    /** Where a resting delivery stands, for `reconsider`. */
    place(at) {
      return {
        attempts,
        ...lastEndedAt && { lastEndedAt },
        ...at.kind === "waiting" && {
          waiting: {
            until: at.until,
            because: at.because,
            ...at.scheduledS !== void 0 && { scheduledS: at.scheduledS }
          }
        }
      };
    },
    /** Takes in what came of an attempt or a change, before it is followed. */
    tell(next) {
      step = next;
      if ("attempt" in next && next.attempt) {
        attempts = next.attempt.number;
        lastEndedAt = new Date(Date.parse(next.attempt.startedAt) + next.attempt.durationMs).toISOString();
        entries.push({ at: lastEndedAt, kind: "attempt", ...next.attempt });
      }
      const at = "attempt" in next && next.attempt && lastEndedAt ? lastEndedAt : now();
      if (next.kind !== "due") woken = false;
      if (next.kind !== "held") nudges = nudges.filter(({ kind }) => kind !== "proceed");
      switch (next.kind) {
        case "due":
          nudges = nudges.filter(({ kind }) => kind !== "retry");
          apart ||= next.apart === true;
          return;
        case "waiting":
          apart = true;
          allowed = next.attemptsAllowed;
          entries.push({ at, kind: "wait", until: next.until, because: next.because });
          break;
        case "held":
          apart ||= next.endpoint !== "busy";
          entries.push({ at, kind: "held", because: next.endpoint });
          break;
        case "settled":
          entries.push({
            at,
            kind: "ended",
            status: next.status,
            ...next.reason && { reason: next.reason }
          });
          break;
      }
      showInWebUi(next);
    }
  };
  function showInWebUi(next) {
    const current = statusNow();
    if (current !== shownStatus)
      upsertSearchAttributes([{ key: DeliveryStatusKey, value: current }]);
    shownStatus = current;
    const last = lastAttempt();
    const lines = last ? [`Last: attempt ${last.number}, ${attemptResult(last)}.`] : [];
    switch (next.kind) {
      case "waiting":
        lines.push(`Next: ${title()} at ${next.until} (${next.because}).`);
        break;
      case "held":
        lines.push(`${next.endpoint === "busy" ? "Waits" : "Held"}: the endpoint is ${next.endpoint}.`);
        break;
      case "settled":
        lines.push(`Ended: ${next.status}${next.reason ? ` (${next.reason})` : ""}.`);
        break;
    }
    setCurrentDetails2(lines.join("\n\n"));
  }
}

// workflows/delivery.ts
var cancelled = ({ deliveryId }) => inThisTask().settle({ deliveryId, status: "cancelled" });
async function delivery(input) {
  let step = firstStep(input);
  const story = openStory(step);
  try {
    while (step.kind !== "settled") {
      story.tell(step);
      step = step.kind === "due" ? await attempt(input, story) : await rest(input, step, story);
    }
  } catch (error) {
    if (!isCancellation2(error)) throw error;
    story.changed("cancel", "temporal");
    story.tell(await CancellationScope2.nonCancellable(() => cancelled(input)));
    throw error;
  }
  story.tell(step);
  return step;
}
function firstStep({ deliverAt }) {
  const waitMs = deliverAt ? Date.parse(deliverAt) - Date.now() : 0;
  if (!deliverAt || waitMs <= 0) return { kind: "due" };
  return { kind: "waiting", waitMs, until: deliverAt, because: "deliver_at" };
}
async function attempt({ deliveryId }, story) {
  const number = story.attempts + 1;
  const summary = story.attemptTitle();
  const { attempt: attempt2, record } = story.apart ? ordinary(summary, story.woken) : inThisTask(summary);
  return CancellationScope2.nonCancellable(async () => {
    const ended = await attempt2({
      deliveryId,
      number,
      whose: rider(),
      inTask: !story.apart,
      ...story.woken && { woken: true }
    });
    return ended.kind === "unrecorded" ? record({ deliveryId, ...ended }) : ended;
  });
}
async function rest(input, step, story) {
  if (step.kind === "held") await condition(() => story.nudged());
  else if (!await condition(() => story.nudged(), step.waitMs, { summary: story.waitTitle() }))
    return { kind: "due" };
  const nudge = story.takeNudge();
  switch (nudge.kind) {
    case "retry":
    case "proceed":
      return { kind: "due" };
    case "cancel":
      return cancelled(input);
    case "reschedule":
    case "endpoint_changed":
      return inThisTask().reconsider({
        ...input,
        ...story.place(step),
        ...nudge.asked && { asked: nudge.asked }
      });
  }
}

// workflows/recovery.ts
import {
  CancellationScope as CancellationScope3,
  condition as condition2,
  continueAsNew,
  isCancellation as isCancellation3,
  setCurrentDetails as setCurrentDetails3,
  setHandler as setHandler3,
  workflowInfo as workflowInfo3
} from "@temporalio/workflow";

// src/domain/recovery.ts
function isOpen(status2) {
  return status2 === "running" || status2 === "paused";
}
var RECOVERY_WISHES = {
  pause: { from: ["running"], to: "paused" },
  resume: { from: ["paused"], to: "running" },
  cancel: { from: ["running", "paused"], to: "cancelled" }
};

// workflows/recovery-messages.ts
import { defineQuery as defineQuery3, defineSignal as defineSignal2 } from "@temporalio/workflow";
var WISHES = {
  pause: defineSignal2("pause"),
  resume: defineSignal2("resume"),
  cancel: defineSignal2("cancel")
};
var progress = defineQuery3("progress");

// workflows/recovery.ts
var FIRST_WAIT_MS = 1e3;
var LONGEST_WAIT_MS = 3e4;
var LONGEST_HISTORY = 1e3;
async function recovery({ recoveryId, goesOn }) {
  const asked = goesOn?.asked ?? [];
  let progress2 = goesOn?.progress;
  let waitMs = FIRST_WAIT_MS;
  for (const wish of Object.keys(RECOVERY_WISHES))
    setHandler3(WISHES[wish], ({ by = "temporal" } = {}) => void asked.push({ wish, by }));
  setHandler3(progress, () => progress2);
  const isAsked = () => asked.length > 0;
  const change = (wish) => ordinary(wish.wish).changeRecovery({ recoveryId, ...wish });
  try {
    do {
      const next = asked.shift();
      if (next) progress2 = shown(await change(next));
      else if (progress2?.status === "paused") await condition2(isAsked);
      else {
        const page = await ordinary("next page").recoverPage({ recoveryId });
        progress2 = shown(page.progress, page.holdsBack ? " Enough are on their way." : "");
        if (page.holdsBack) await condition2(isAsked, waitMs, { summary: "while enough are on their way" });
        waitMs = page.holdsBack ? Math.min(waitMs * 2, LONGEST_WAIT_MS) : FIRST_WAIT_MS;
      }
      if (progress2 && isOpen(progress2.status) && hasGrownLong())
        await continueAsNew({ recoveryId, goesOn: { progress: progress2, asked } });
    } while (!progress2 || isOpen(progress2.status));
    return progress2;
  } catch (error) {
    if (isCancellation3(error))
      shown(await CancellationScope3.nonCancellable(() => change({ wish: "cancel", by: "temporal" })));
    throw error;
  }
}
function shown(progress2, more = "") {
  const { status: status2, total, resent, skipped } = progress2;
  setCurrentDetails3(`${status2}: ${resent} resent and ${skipped} skipped of ${total}.${more}`);
  return progress2;
}
function hasGrownLong() {
  const { historyLength, continueAsNewSuggested } = workflowInfo3();
  return continueAsNewSuggested || historyLength > LONGEST_HISTORY;
}
export {
  burst,
  delivery,
  recovery
};
