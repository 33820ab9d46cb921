// The limit for any pool over shared memory: two forked workers claim 16-byte payloads from one ring, each with a
// compare-and-swap, and hand them back one at a time through a ring a worker. No deaths, no order, no sleep, nothing of
// prun's.
//
//   bare_ring_bench slot N        a claim writes the worker's number into the slot: a dead worker's task would be known
//   bare_ring_bench counter N     a claim moves one counter on: quicker, and what a dead worker had is lost
// Prints the seconds that N payloads took, there and back.
#include "bench/stopwatch.hpp"

#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string_view>

namespace {

constexpr std::uint64_t slots = 4096;
constexpr std::uint64_t workers = 2;
constexpr std::uint64_t result_slots = 4096;

using Word = std::atomic<std::uint64_t>;
constexpr auto relaxed = std::memory_order_relaxed;
constexpr auto acquire = std::memory_order_acquire;
constexpr auto release = std::memory_order_release;

struct Payload {
  Word index;
  Word argument;
};

struct Results {
  alignas(64) Word tail{0};
  alignas(64) Word head{0};
  alignas(64) std::array<Payload, result_slots> entries;
};

void wait_a_little(int& idle) {
  if (++idle % 64 == 0) {
    sched_yield();
  } else {
    __builtin_ia32_pause();
  }
}

/// A slot is a cache line. Its state is lap << 8, + 1 once filled, + 2 + worker once claimed: it only grows.
class SlotRing {
 public:
  bool publish(std::uint64_t ticket) {
    Slot& slot = slots_[ticket % slots];
    const std::uint64_t lap = ticket / slots << 8;
    if (slot.state.load(acquire) != lap) return false;
    slot.payload.index.store(ticket, relaxed);
    slot.payload.argument.store(ticket, relaxed);
    slot.state.store(lap + 1, release);
    return true;
  }

  bool claim(std::uint64_t worker, Payload& into) {
    std::uint64_t ticket = hint_.load(acquire);
    for (;;) {
      Slot& slot = slots_[ticket % slots];
      const std::uint64_t lap = ticket / slots << 8;
      std::uint64_t seen = slot.state.load(acquire);
      if (seen <= lap) return false;
      if (seen == lap + 1 && slot.state.compare_exchange_strong(seen, lap + 2 + worker, acquire)) {
        move_hint(ticket);
        into.index.store(slot.payload.index.load(relaxed), relaxed);
        into.argument.store(slot.payload.argument.load(relaxed), relaxed);
        slot.state.store(lap + (1 << 8), release);
        return true;
      }
      ticket = move_hint(ticket);
    }
  }

 private:
  struct alignas(64) Slot {
    Word state{0};
    Payload payload{};
  };
  std::uint64_t move_hint(std::uint64_t ticket) {
    std::uint64_t expected = ticket;
    return hint_.compare_exchange_strong(expected, ticket + 1, std::memory_order_acq_rel) ? ticket + 1 : expected;
  }
  alignas(64) Word hint_{0};
  std::array<Slot, slots> slots_;
};

/// Four payloads a cache line. One is copied before its claim: a claim that succeeds shows that it was still there.
class CounterRing {
 public:
  bool publish(std::uint64_t ticket) {
    if (ticket - claimed_.load(acquire) == slots) return false;
    payloads_[ticket % slots].index.store(ticket, relaxed);
    payloads_[ticket % slots].argument.store(ticket, relaxed);
    published_.store(ticket + 1, release);
    return true;
  }

  bool claim(std::uint64_t, Payload& into) {
    for (;;) {
      std::uint64_t ticket = claimed_.load(acquire);
      if (ticket >= published_.load(acquire)) return false;
      into.index.store(payloads_[ticket % slots].index.load(relaxed), relaxed);
      into.argument.store(payloads_[ticket % slots].argument.load(relaxed), relaxed);
      if (claimed_.compare_exchange_strong(ticket, ticket + 1, std::memory_order_acq_rel)) return true;
    }
  }

 private:
  alignas(64) Word claimed_{0};
  alignas(64) Word published_{0};
  alignas(64) std::array<Payload, slots> payloads_;
};

template <class Ring>
struct Shared {
  Ring ring;
  std::array<Results, workers> results;
  alignas(64) Word ended{0};
};

template <class Ring>
[[noreturn]] void work(Shared<Ring>& shared, std::uint64_t worker) {
  Results& results = shared.results[worker];
  std::uint64_t tail = 0;
  std::uint64_t head = 0;
  int idle = 0;
  while (shared.ended.load(relaxed) == 0) {
    while (tail - head == result_slots) {
      head = results.head.load(acquire);
      if (tail - head == result_slots) wait_a_little(idle);
    }
    if (shared.ring.claim(worker, results.entries[tail % result_slots])) {
      results.tail.store(++tail, release);
    } else {
      wait_a_little(idle);
    }
  }
  _exit(0);
}

struct Received {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;
};

void collect(Results& results, std::uint64_t& head, Received& received) {
  const std::uint64_t tail = results.tail.load(acquire);
  if (head == tail) return;
  for (; head != tail; ++head, ++received.count) {
    received.sum += results.entries[head % result_slots].argument.load(relaxed);
  }
  results.head.store(head, release);
}

template <class Ring>
Received master(Shared<Ring>& shared, std::uint64_t total) {
  std::array<std::uint64_t, workers> heads{};
  Received received;
  std::uint64_t published = 0;
  int idle = 0;
  while (received.count != total) {
    const std::uint64_t before = received.count + published;
    while (published != total && shared.ring.publish(published)) ++published;
    for (std::uint64_t w = 0; w < workers; ++w) collect(shared.results[w], heads[w], received);
    if (received.count + published == before) wait_a_little(idle);
  }
  shared.ended.store(1, relaxed);
  return received;
}

template <class Ring>
int measure(std::uint64_t total) {
  void* memory = mmap(nullptr, sizeof(Shared<Ring>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  auto* shared = new (memory) Shared<Ring>;
  for (std::uint64_t w = 0; w < workers; ++w) {
    if (fork() == 0) work(*shared, w);
  }
  const prun::bench::Stopwatch watch;
  const Received received = master(*shared, total);
  std::printf("%.9f\n", watch.seconds());
  while (wait(nullptr) > 0) {
  }
  return received.sum == total * (total - 1) / 2 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc == 3 ? argv[1] : "";
  const std::uint64_t total = argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 0;
  if (total != 0 && what == "slot") return measure<SlotRing>(total);
  if (total != 0 && what == "counter") return measure<CounterRing>(total);
  std::fprintf(stderr, "usage: bare_ring_bench slot|counter N\n");
  return 2;
}
