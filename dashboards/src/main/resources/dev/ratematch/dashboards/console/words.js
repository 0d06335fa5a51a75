// What codes mean, in the words of those who run a service.

export const STATUS = {
  cannot_tell: 'cannot tell',
  late: 'target missed',
  moving: 'moving',
  change: 'change',
  steady: 'steady',
};

export const REASONS = {
  ALREADY_MATCHED: 'The fleet is at the recommended ratio',
  TELEMETRY_UNKNOWN: 'Rate or lengths of the requests are unknown',
  FLEET_UNKNOWN: 'The replica counts are unknown',
  TELEMETRY_INCONSISTENT: 'The metrics contradict each other',
  WARMING_UP: 'Too few windows have been seen so far',
  GAP: 'Metrics were missing for a while; the estimates start again',
  IDLE: 'There are no requests',
  COOLING_DOWN: 'The last move ended too recently',
  GAIN_BELOW_THRESHOLD: 'Another ratio would gain too little',
  MODEL_SUSPECT: 'A target is missed although the model says that all is carried',
  SCALE_DOWN_STABILISING: 'Fewer GPUs have not been enough for long enough to scale down',
  FLEET_IN_TRANSITION: 'Replicas are starting or draining',
  MOVE_IN_PROGRESS: 'A move is in progress',
  REBALANCE: 'Rebalance: GPUs change roles',
  GROW: 'Scale up: the demand needs more GPUs',
  SHRINK: 'Scale down: the demand needs fewer GPUs',
  COMPENSATING: 'A move missed its deadline and is being reverted',
  OVER_BUDGET: 'The fleet holds more GPUs than its budget',
  GPUS_MISSING: 'Replicas wait for GPUs that do not come; the other role takes over',
  PAUSED: 'Paused by request',
  ROLLOUT_IN_PROGRESS: 'A rollout is replacing pods',
  CONFLICT: 'Something else sets the replicas',
  REMOVAL_UNSAFE: 'Removing a replica would carry less than now',
  INEFFECTIVE: 'The same change had no effect before',
  UNREACHABLE: 'No ratio meets the targets: a single request alone exceeds them',
  SCALING_POLICY: 'The scaling policy forbids the change for now',
  MINIMUM_BUDGET: 'The fleet is at its minimum of GPUs',
};

export const LIMITS = {
  prefill: 'the prefill pool',
  decode: 'the decode pool',
  transfer: 'the KV transfer between the pools',
  kv: 'KV memory of the decode pool',
  budget: 'the GPU budget',
  none: 'nothing: all of the demand is carried',
};

export const PHASES = {
  PLANNED: 'Planned',
  DONOR_DRAINING: 'Replicas that are removed finish their requests',
  DONOR_RELEASED: 'Their GPUs are free',
  RECEIVER_STARTING: 'New replicas start',
  SWITCHING: 'Replicas change their role',
  VERIFYING: 'Waiting until every replica serves',
  COMPENSATING: 'The move is being reverted',
  DONE: 'Done',
  ROLLED_BACK: 'Reverted',
};

export const CONDUCT = {
  control: 'in control: replica counts are set',
  advice: 'recommends only: nothing is scaled by Ratematch',
  backfill: 'learning from history',
};

export const FATES = {
  followed: 'followed',
  begun: 'begun, not reached',
  ignored: 'not followed',
  unknown: 'unknown: the fleet could not be counted',
};

export const AS = { now: 'now', plan: 'best plan', proposal: 'proposed' };

export const reason = (code) => REASONS[code] ?? code;
