#include "worker/stack_overflow.hpp"

#include "sys/caller_state.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>

namespace prun::worker {
namespace {

// The kernel keeps at least 128 MiB below the main stack free, whatever the limit was at the start of the program.
constexpr rlim_t wanted_stack = rlim_t{64} << 20;
constexpr std::uintptr_t near = 256 << 10;  // a frame with large arrays may skip a guard page by this much

// A signal handler has no other access to its data.
ring::WorkerBlock* watched = nullptr;
std::uintptr_t stack_top = 0;
std::uintptr_t stack_size = 0;
alignas(16) std::array<std::byte, 16 << 10> handler_stack;

void on_bad_access(int signal, siginfo_t* info, void*) {
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  const std::uintptr_t lowest = stack_top - stack_size;
  if (info->si_code == SEGV_MAPERR && address < lowest + near && address + near > lowest) {
    watched->death_note.store(ring::DeathNote::stack_overflow, std::memory_order_relaxed);
  }
  ::signal(signal, SIG_DFL);                // return to the access, which now kills the process
  if (info->si_code <= 0) ::raise(signal);  // sent by a process: there is no access to return to
}

}  // namespace

void watch_for_stack_overflow(ring::WorkerBlock& block, std::uint64_t stack) {
  watched = &block;
  rlimit limit{};
  ::getrlimit(RLIMIT_STACK, &limit);
  if (stack != 0) {
    limit.rlim_cur = std::min<rlim_t>(stack, limit.rlim_max);
    ::setrlimit(RLIMIT_STACK, &limit);
    sys::keep_stack_limit();
  } else if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < wanted_stack) {
    limit.rlim_cur = std::min(wanted_stack, limit.rlim_max);
    ::setrlimit(RLIMIT_STACK, &limit);
  }
  stack_top = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  stack_size = limit.rlim_cur;
  const stack_t alternative{handler_stack.data(), 0, handler_stack.size()};
  ::sigaltstack(&alternative, nullptr);
  struct sigaction action {};
  action.sa_sigaction = on_bad_access;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  ::sigaction(SIGSEGV, &action, nullptr);
}

}  // namespace prun::worker
