/* The claim ring, its hint, the sleepers and a death at any step, as lib/ring does it: ring/PROTOCOL.md in small.
 *
 * Two workers, a ring of two slots, CHUNKS chunks; each worker may be killed once, before any of its steps, and is then replaced.
 * The master publishes, wakes, and cleans up after the dead. Checked: a chunk is never run by two workers that both complete it,
 * a slot is never filled while somebody may still read it, nothing is left behind, and every run ends with every chunk done or
 * lost - so no waking is lost and no hint stands still (an end state that is not valid would be a deadlock).
 *
 * Memory is sequentially consistent here; that the steps that need it are so in the code is argued in PROTOCOL.md. */

#define WORKERS 2
#define SLOTS 2
#define CHUNKS 3

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
byte held[WORKERS];    /* ticket + 1 */
bool begun[WORKERS];
bool dead[WORKERS];    /* told to the master */
bool hang[WORKERS];    /* in a call that lasts for ever */
byte deaths;           /* left to happen */
byte hangs;            /* left to happen */

byte chunk_of[CHUNKS + 3];  /* by ticket: what was published under it */
byte done[CHUNKS];          /* outcomes: a value */
byte lost[CHUNKS];          /* outcomes: its worker died */
byte finished;
bool stopping;

#define DIE_HERE if :: deaths > 0 -> deaths--; goto killed :: true fi

proctype worker(byte me) {
  byte ticket, seen, mine, other;
  bool woken = false;

next:
  DIE_HERE;
  ticket = hint;
claim:
  DIE_HERE;
  seen = state[SLOT(ticket)];
  if
  :: seen <= FREE(LAP(ticket)) -> goto idle
  :: else
  fi;
  if
  :: seen == READY(LAP(ticket)) ->
     DIE_HERE;
     atomic {  /* the compare-and-swap */
       if
       :: state[SLOT(ticket)] == seen -> state[SLOT(ticket)] = CLAIMED(LAP(ticket), me); seen = 255
       :: else
       fi
     }
  :: else
  fi;
  DIE_HERE;
  if
  :: seen == 255 ->
     atomic { if :: hint == ticket -> hint++ :: else fi };
     goto take
  :: else ->
     atomic { if :: hint == ticket -> hint++ :: else fi; ticket = hint };
     goto claim
  fi;

take:
  DIE_HERE;
  mine = chunk[SLOT(ticket)];
  assert(mine == chunk_of[ticket]);  /* nobody has filled the slot anew */
  begun[me] = false;
  DIE_HERE;
  held[me] = ticket + 1;
  DIE_HERE;
  state[SLOT(ticket)] = FREE(LAP(ticket) + 1);
  DIE_HERE;
  if
  :: woken && tail > hint ->  /* pass a waking on */
     other = 1 - me;
     atomic { if :: sleeper[other] -> sleeper[other] = false; seen = 1 :: else -> seen = 0 fi };
     DIE_HERE;
     if :: seen == 1 -> asleep[other] = false :: else fi
  :: else
  fi;
  woken = false;
  DIE_HERE;
  begun[me] = true;
  if
  :: hangs > 0 && hang[1 - me] == false -> hangs--; hang[me] = true; goto wait_for_ever
  :: true
  fi;
  DIE_HERE;
  atomic { done[mine]++; finished++; assert(done[mine] + lost[mine] == 1) };  /* the record is committed */
  DIE_HERE;
  held[me] = 0;
  goto next;

idle:
  DIE_HERE;
  if :: stopping -> goto out :: else fi;
  asleep[me] = true;
  DIE_HERE;
  sleeper[me] = true;
  DIE_HERE;
  if
  :: tail > hint || stopping
  :: else -> DIE_HERE; do :: !asleep[me] -> break :: deaths > 0 -> deaths--; goto killed od
  fi;
  DIE_HERE;
  sleeper[me] = false;
  asleep[me] = false;
  woken = true;
  goto next;

wait_for_ever:  /* a long call: it must not keep the other worker's chunks from it */
  do
  :: finished + 1 == CHUNKS -> break   /* all others are done: let it end */
  od;
  hang[me] = false;
  atomic { done[mine]++; finished++; assert(done[mine] + lost[mine] == 1) };
  held[me] = 0;
  goto next;

killed:
  dead[me] = true;
out:
  skip
}

proctype master() {
  byte next = 0, published = 0, w, t, i, v;
  bool queued = false;  /* a chunk taken back from a dead worker waits to be published again */
  byte again;
  bool found;

  do
  :: finished == CHUNKS -> break
  :: atomic { (queued || published < CHUNKS) && state[SLOT(next)] == FREE(LAP(next)) ->
       v = (queued -> again : published) };
     assert(next < CHUNKS + 3);
     chunk[SLOT(next)] = v;
     chunk_of[next] = v;
     if :: queued -> queued = false :: else -> published++ fi;
     state[SLOT(next)] = READY(LAP(next));
     next++;
     tail = next;   /* announce */
     w = 0;         /* wake one */
     do
     :: w == WORKERS -> break
     :: else ->
        atomic { if :: sleeper[w] -> sleeper[w] = false; found = true :: else -> found = false fi };
        if :: found -> asleep[w] = false; break :: else -> w++ fi
     od
  :: dead[0] || dead[1] ->
     w = (dead[0] -> 0 : 1);
     found = false;
     if :: held[w] != 0 -> t = held[w] - 1; found = true :: else fi;
     i = 0;
     do
     :: i == SLOTS -> break
     :: else ->
        if
        :: (state[i] % 8) == 2 + w ->
           assert(!found || t == (state[i] / 8) * SLOTS + i);  /* both marks name the same chunk */
           if :: !found -> begun[w] = false :: else fi;
           t = (state[i] / 8) * SLOTS + i;
           found = true;
           state[i] = FREE(state[i] / 8 + 1)
        :: else
        fi;
        i++
     od;
     if
     :: found && done[chunk_of[t]] == 0 ->
        if
        :: begun[w] -> lost[chunk_of[t]]++; finished++; assert(lost[chunk_of[t]] == 1)
        :: else -> assert(!queued); queued = true; again = chunk_of[t]
        fi
     :: else
     fi;
     held[w] = 0; begun[w] = false; sleeper[w] = false; asleep[w] = false; dead[w] = false;
     if  /* whoever sleeps may have been owed a waking by the dead */
     :: asleep[1 - w] -> sleeper[1 - w] = false; asleep[1 - w] = false
     :: else
     fi;
     run worker(w)
  od;
  stopping = true;
  w = 0;
  do
  :: w == WORKERS -> break
  :: else -> atomic { if :: sleeper[w] -> sleeper[w] = false; asleep[w] = false :: else fi }; w++
  od
}

init {
  atomic { deaths = DEATHS; hangs = HANGS; run worker(0); run worker(1); run master() }
}
