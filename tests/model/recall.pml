/* Items of a chunk that the master takes back, as lib/ring/share.hpp does it, and a death at any step.
 *
 * Two workers, CHUNKS chunks of ITEMS items. At any moment the master halves the share of a worker that holds a chunk; what it takes
 * back becomes a chunk of its own, which can be halved again. DEATHS workers are killed, each before any of its steps, and replaced.
 * Checked: every item has exactly one outcome, a value or a loss, an item is lost only if its worker had begun it, and every run ends.
 * How a worker gets a chunk is a queue here: task_ring.pml checks that part.
 *
 * A name in quotes is that of the code's step with the same name, PRUN_FAULT_POINT("item taken") and so on, and of PROTOCOL.md's
 * table: it is what the worker has reached once the step beside it is taken. */

#define WORKERS 2
#define ALL (CHUNKS * ITEMS)
#define TICKETS (ALL + CHUNKS + DEATHS)
#define NOBODY 255

/* The word of a share: ticket, next and end in one number. */
#define WORD(ticket, next, end) (((ticket) * 8 + (next)) * 8 + (end))
#define TICKET(word) ((word) / 64)
#define NEXT(word) (((word) / 8) % 8)
#define END(word) ((word) % 8)

chan ready = [TICKETS] of { byte };
short share[WORKERS];
byte claimed[WORKERS];  /* ticket + 1: the slot names the worker */
byte held[WORKERS];     /* ticket + 1 */
byte begun[WORKERS];
bool dead[WORKERS];
bool stopping;

/* The master's own: what lies in a chunk, and how many of its items have their outcomes. */
byte first[TICKETS];
byte count[TICKETS];
byte told[TICKETS];
byte tickets;
byte finished;

byte values[ALL];
byte losses[ALL];
byte deaths;

#define MAYBE_DIE if :: deaths > 0 -> deaths--; goto killed :: true fi

/* The master hands out items [from, to). */
inline publish(from, to) {
  first[tickets] = (from);
  count[tickets] = (to) - (from);
  ready ! tickets;
  tickets++
}

proctype worker(byte me) {
  byte ticket, item, size;
  short seen;
  bool took;

born:
  atomic { ticket = 0; item = 0; size = 0; seen = 0; took = false };

next:
  if
  :: atomic { ready ? ticket -> claimed[me] = ticket + 1; size = count[ticket] }  /* "claimed" */
  :: atomic { stopping -> goto out }
  fi;
  atomic { MAYBE_DIE; begun[me] = 0; item = 0 };                  /* "chunk copied" */
  atomic { MAYBE_DIE; share[me] = WORD(ticket, 0, size) };
  atomic { MAYBE_DIE; held[me] = ticket + 1 };                    /* "held" */
  atomic { MAYBE_DIE; claimed[me] = 0 };                          /* "vacated" */

  do
  :: item == size -> break
  :: else ->
     atomic { MAYBE_DIE; seen = share[me] };
     if
     :: NEXT(seen) != item || item >= END(seen) -> break          /* "share ended" */
     :: else
     fi;
     atomic {  /* the compare-and-swap: another worker's chunk is never in this word */
       MAYBE_DIE;
       took = (share[me] == seen);
       if :: took -> share[me] = WORD(ticket, item + 1, END(seen)) :: else fi  /* "item taken" */
     };
     if
     :: took ->
        atomic { MAYBE_DIE; begun[me] = item + 1 };               /* "begun" */
        atomic {
          MAYBE_DIE;
          values[first[ticket] + item]++;
          assert(values[first[ticket] + item] + losses[first[ticket] + item] == 1);
          assert(item < count[ticket] && told[ticket] == item);  /* else the master refuses the record */
          told[ticket]++; finished++;
          item++
        }                                                         /* "committed" */
     :: else
     fi
  od;
  atomic { MAYBE_DIE; held[me] = 0 };                             /* "chunk done", "chunk let go" */
  goto next;

killed:
  dead[me] = true;
  if
  :: !dead[me] -> goto born
  :: stopping
  fi;
out:
  skip
}

proctype master() {
  byte w, ticket, keep, known;
  short seen;
  bool took;

  do
  :: finished == ALL -> break
  :: held[0] != 0 || held[1] != 0 ->  /* at any moment, whether a worker is idle or not */
     atomic { if :: held[0] != 0 -> w = 0 :: held[1] != 0 -> w = 1 :: else -> w = 0 fi; ticket = held[w] - 1;
              known = (ticket != NOBODY -> told[ticket] : 0) };
     seen = share[w];
     if
     :: ticket != NOBODY && TICKET(seen) == ticket && END(seen) - NEXT(seen) + (NEXT(seen) > known) >= 2 ->
        atomic {  /* a worker that has begun nothing keeps an item */
          keep = END(seen) - (END(seen) - NEXT(seen) + (NEXT(seen) > known)) / 2;
          took = (share[w] == seen);
          if
          :: took ->
             share[w] = WORD(ticket, NEXT(seen), keep);
             assert(keep >= told[ticket] && keep < count[ticket]);
             publish(first[ticket] + keep, first[ticket] + count[ticket]);
             count[ticket] = keep
          :: else
          fi
        }
     :: else
     fi
  :: dead[0] || dead[1] ->
     atomic {
       w = (dead[0] -> 0 : 1);
       ticket = (held[w] != 0 -> held[w] - 1 : (claimed[w] != 0 -> claimed[w] - 1 : NOBODY));
       if :: held[w] == 0 -> begun[w] = 0 :: else fi;
       assert(held[w] == 0 || claimed[w] == 0 || held[w] == claimed[w]);
       if
       :: ticket != NOBODY && begun[w] > told[ticket] ->
          losses[first[ticket] + told[ticket]]++;
          assert(values[first[ticket] + told[ticket]] + losses[first[ticket] + told[ticket]] == 1);
          told[ticket]++; finished++
       :: else
       fi;
       if
       :: ticket != NOBODY && told[ticket] < count[ticket] ->
          publish(first[ticket] + told[ticket], first[ticket] + count[ticket]);
          count[ticket] = told[ticket]
       :: else
       fi;
       held[w] = 0; claimed[w] = 0; begun[w] = 0; share[w] = 0;
       dead[w] = false
     }
  od;
  stopping = true
}

init {
  byte i;
  atomic {
    deaths = DEATHS;
    for (i : 0 .. CHUNKS - 1) { publish(i * ITEMS, (i + 1) * ITEMS) };
    run worker(0); run worker(1); run master()
  }
}
