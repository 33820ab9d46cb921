// The limit for one call at a time: a round trip between two processes that sleep on a futex each. Nothing of prun's.
//
//   bare_wake_bench N PAUSE     prints the median seconds of N round trips, each PAUSE microseconds after the last
#include "bench/repeat_call.hpp"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>

namespace {

using Word = std::atomic<std::uint32_t>;

struct Shared {
  alignas(64) Word request{0};
  alignas(64) Word answer{0};
};

void sleep_while(Word& word, std::uint32_t value) {
  while (word.load(std::memory_order_acquire) == value) {
    syscall(SYS_futex, &word, FUTEX_WAIT, value, nullptr, nullptr, 0);
  }
}

void tell(Word& word, std::uint32_t value) {
  word.store(value, std::memory_order_release);
  syscall(SYS_futex, &word, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

[[noreturn]] void work(Shared& shared, std::uint32_t rounds) {
  for (std::uint32_t i = 0; i < rounds; ++i) {
    sleep_while(shared.request, i);
    tell(shared.answer, i + 1);
  }
  _exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: bare_wake_bench N PAUSE\n");
    return 2;
  }
  const auto rounds = static_cast<std::uint32_t>(std::strtoul(argv[1], nullptr, 10));
  const long pause = std::strtol(argv[2], nullptr, 10);
  void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  auto* shared = new (memory) Shared;
  if (fork() == 0) work(*shared, rounds);
  std::uint32_t round = 0;
  const double seconds = prun::bench::median_call(rounds, pause, [&] {
    tell(shared->request, round + 1);
    sleep_while(shared->answer, round);
    ++round;
  });
  std::printf("%.9f\n", seconds);
  wait(nullptr);
}
