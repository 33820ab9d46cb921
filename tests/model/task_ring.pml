/* The claim ring, its hint, the sleepers and a death at any step, as lib/ring does it: ring/PROTOCOL.md in small.
 *
 * Two workers, a ring of two slots, CHUNKS chunks. DEATHS workers are killed, each before any of its steps, and replaced; HANGS
 * calls last until every other chunk has its outcome. TIMEOUTS calls take too long: the master condemns them, at any moment at
 * which they seem to run, and kills their workers. The master publishes, wakes, and cleans up after the dead. Checked: a chunk
 * has one outcome, a worker that is to be killed for a call begins no other and its call has no outcome but the time-out, a slot is never filled while somebody may still read it, both marks of a dead worker name the same chunk, and
 * every run ends with every chunk done or lost - so no waking is lost, also none to a worker that is busy while another sleeps,
 * and no hint stands still (that would be an end state that is not valid).
 *
 * Memory is sequentially consistent here; that the steps that need it are so in the code is argued in PROTOCOL.md.
 *
 * A name in quotes is that of the code's step with the same name, PRUN_FAULT_POINT("claimed") and so on, and of PROTOCOL.md's
 * table: it is what the worker has reached once the step beside it is taken. */

#define WORKERS 2
#define SLOTS 2
#ifndef CHUNKS
#define CHUNKS 3
#endif
#ifndef TIMEOUTS
#define TIMEOUTS 0
#endif

#define CONDEMNED 255

#define LAP(t) ((t) / SLOTS)
#define SLOT(t) ((t) % SLOTS)
#define FREE(lap) ((lap) * 8)
#define READY(lap) ((lap) * 8 + 1)
#define CLAIMED(lap, w) ((lap) * 8 + 2 + (w))

byte state[SLOTS];     /* of each slot: lap and owner in one number */
byte chunk[SLOTS];     /* what lies in it */
byte hint;             /* no ticket below it is unclaimed */
byte tail;             /* tickets announced */
bool sleeper[WORKERS]; /* sleeper bits */
bool asleep[WORKERS];  /* the futex words */
byte watcher;          /* worker + 1 that looks for tasks awake; 0: nobody */
byte held[WORKERS];    /* ticket + 1 */
bool begun[WORKERS];
bool dead[WORKERS];    /* told to the master */
byte clock[WORKERS];   /* begun_at: when a call began, the same for no two calls (ticket + 1); 0: none runs; or CONDEMNED */
bool doomed[WORKERS];  /* the master has sent the kill: it may strike at any step */
byte timeouts;         /* left to happen */
byte deaths;           /* left to happen */
byte hangs;            /* calls that end only after all others, left to happen */

byte chunk_of[CHUNKS + 3];  /* by ticket: what was published under it */
byte done[CHUNKS];          /* outcomes: a value */
byte lost[CHUNKS];          /* outcomes: its worker died */
byte finished;
bool stopping;

/* One step of a worker: it may be its last. Whatever stands in it touches shared memory once. */
#define MAYBE_DIE if :: deaths > 0 -> deaths--; goto killed :: doomed[me] -> goto killed :: true fi

proctype worker(byte me) {
  byte ticket, seen, mine;
  bool woken, took;

born:
  atomic { ticket = 0; seen = 0; mine = 0; woken = false; took = false };

next:
  atomic { MAYBE_DIE; ticket = hint };
claim:
  atomic { MAYBE_DIE; seen = state[SLOT(ticket)] };
  if
  :: seen <= FREE(LAP(ticket)) -> goto idle
  :: seen == READY(LAP(ticket)) ->
     atomic {  /* the compare-and-swap of the slot */
       MAYBE_DIE;
       took = (state[SLOT(ticket)] == seen);
       if :: took -> state[SLOT(ticket)] = CLAIMED(LAP(ticket), me) :: else fi  /* "claimed" */
     }
  :: else -> took = false
  fi;
  atomic {  /* the compare-and-swap of the hint, a helping one where the ticket is another's */
    MAYBE_DIE;
    if :: hint == ticket -> hint++ :: else fi;  /* "hint moved" */
    if :: took :: else -> ticket = hint; goto claim fi
  };

  atomic { MAYBE_DIE; mine = chunk[SLOT(ticket)]; assert(mine == chunk_of[ticket]); begun[me] = false };  /* "chunk copied" */
  atomic { MAYBE_DIE; held[me] = ticket + 1 };  /* "held" */
  atomic { MAYBE_DIE; state[SLOT(ticket)] = FREE(LAP(ticket) + 1) };  /* "vacated" */
  if
  :: woken ->
     woken = false;
     if
     :: atomic { tail > hint -> MAYBE_DIE; took = sleeper[1 - me]; sleeper[1 - me] = false };  /* "sleeper bit taken" */
        if :: took -> atomic { MAYBE_DIE; asleep[1 - me] = false } :: else fi  /* "sleeper told": the waking is passed on */
     :: tail <= hint
     fi
  :: else
  fi;
  atomic { MAYBE_DIE; assert(clock[me] == 0 && !doomed[me]); clock[me] = ticket + 1 };  /* "about to begin" */
  atomic { MAYBE_DIE; begun[me] = true };  /* "begun" */
  if
  :: atomic { hangs > 0 -> hangs-- };
     if
     :: finished + 1 == CHUNKS  /* a call so long that all others must be done before it */
     :: doomed[me] -> goto killed
     fi
  :: true
  fi;
  atomic { MAYBE_DIE; seen = clock[me]; clock[me] = 0 };  /* "about to end the clock": the exchange */
  if
  :: seen == CONDEMNED ->
     atomic { MAYBE_DIE; clock[me] = CONDEMNED };  /* "condemned" */
     doomed[me]; goto killed
  :: else -> assert(seen == ticket + 1)
  fi;
  atomic { MAYBE_DIE; done[mine]++; finished++; assert(done[mine] + lost[mine] == 1) };  /* "committed" */
  atomic { MAYBE_DIE; held[me] = 0 };  /* from "chunk done" to "chunk let go" */
  goto next;

idle:
  atomic { MAYBE_DIE; took = (watcher == 0); if :: took -> watcher = me + 1 :: else fi };  /* "watching" */
  if
  :: took -> atomic { MAYBE_DIE; watcher = 0 }; woken = true  /* "watch ended", after as long as it likes */
  :: else
  fi;
  atomic { MAYBE_DIE; if :: tail > hint -> goto next :: else fi };
  if :: stopping -> goto out :: else fi;
  atomic { MAYBE_DIE; asleep[me] = true };   /* "about to sleep" */
  atomic { MAYBE_DIE; sleeper[me] = true };  /* "sleeper bit set" */
  if
  :: tail > hint || stopping
  :: else ->
     if
     :: !asleep[me]
     :: atomic { deaths > 0 -> deaths--; goto killed }
     fi
  fi;
  atomic { MAYBE_DIE; sleeper[me] = false };  /* "woken" */
  atomic { MAYBE_DIE; asleep[me] = false };   /* "awake" */
  woken = true;
  goto next;

killed:
  dead[me] = true;
  if
  :: !dead[me] -> goto born  /* the master has cleaned up: another lives in its place */
  :: stopping
  fi;
out:  /* "retiring" */
  skip
}

proctype master() {
  byte next, published, w, t, again, then;
  bool queued, found;

  do
  :: finished == CHUNKS -> break
  :: atomic { (queued || published < CHUNKS) && state[SLOT(next)] == FREE(LAP(next)) ->
       assert(next < CHUNKS + 3);
       chunk[SLOT(next)] = (queued -> again : published);
       chunk_of[next] = chunk[SLOT(next)];
       if :: queued -> queued = false :: else -> published++ fi };
     state[SLOT(next)] = READY(LAP(next));
     atomic { next++; tail = next };  /* announced */
     w = (watcher != 0 -> WORKERS : 0);  /* a watcher needs no waking */
     do
     :: w == WORKERS -> break
     :: else ->
        atomic { found = sleeper[w]; sleeper[w] = false };
        if :: found -> asleep[w] = false; break :: else -> w++ fi
     od
  :: timeouts > 0 && (clock[0] != 0 || clock[1] != 0) ->
     atomic { w = (clock[0] != 0 && clock[0] != CONDEMNED -> 0 : 1); then = clock[w] };
     if
     :: then == 0 || then == CONDEMNED
     :: else ->
        atomic {  /* the compare-and-swap */
          found = (clock[w] == then);
          if :: found -> clock[w] = CONDEMNED; timeouts-- :: else fi
        };
        if :: found -> doomed[w] = true :: else fi
     fi
  :: dead[0] || dead[1] ->
     atomic {  /* nobody else touches what a dead worker left */
       w = (dead[0] -> 0 : 1);
       found = (held[w] != 0);
       if :: found -> t = held[w] - 1 :: else -> begun[w] = false fi;
       if
       :: state[0] % 8 == 2 + w -> assert(!found || t == state[0] / 8 * SLOTS); t = state[0] / 8 * SLOTS; found = true
       :: state[1] % 8 == 2 + w -> assert(!found || t == state[1] / 8 * SLOTS + 1); t = state[1] / 8 * SLOTS + 1; found = true
       :: else
       fi;
       /* who is killed for a call holds that one: its chunk is the one that fails, or has not begun */
       if :: doomed[w] -> assert(found && t + 1 == then && done[chunk_of[t]] == 0) :: else fi;
       held[w] = 0; sleeper[w] = false; asleep[w] = false; clock[w] = 0; doomed[w] = false;
       if :: watcher == w + 1 -> watcher = 0 :: else fi
     };
     if :: state[SLOT(t)] == CLAIMED(LAP(t), w) -> state[SLOT(t)] = FREE(LAP(t) + 1) :: else fi;
     atomic {
       if
       :: found && done[chunk_of[t]] == 0 ->
          if
          :: begun[w] -> lost[chunk_of[t]]++; finished++; assert(lost[chunk_of[t]] == 1)
          :: else -> assert(!queued); queued = true; again = chunk_of[t]
          fi
       :: else
       fi
     };
     if  /* whoever sleeps may have been owed a waking by the dead */
     :: asleep[1 - w] -> sleeper[1 - w] = false; asleep[1 - w] = false
     :: else
     fi;
     dead[w] = false
  od;
  stopping = true;
  w = 0;
  do
  :: w == WORKERS -> break
  :: else -> atomic { if :: sleeper[w] -> sleeper[w] = false; asleep[w] = false :: else fi }; w++
  od
}

init {
  atomic { deaths = DEATHS; hangs = HANGS; timeouts = TIMEOUTS; run worker(0); run worker(1); run master() }
}
