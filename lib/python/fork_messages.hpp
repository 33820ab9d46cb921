// The messages between workers and the Python process that imports modules once and forks the workers' Python processes. Plain data in
// the machine's byte order, one message per packet of a socket.
#pragma once

#include <sched.h>
#include <sys/resource.h>

#include <array>
#include <cstdint>
#include <type_traits>

namespace prun::python {

/// A worker requests a process. It sends these descriptors with the request: the new process's end of the channel, the socket for the
/// answer and for the later end notice, and, if the worker has them, the memory of the rings and the event descriptor.
struct ForkRequest {
  std::uint32_t worker = 0;
  std::int32_t group = 0;  ///< the process group that the new process joins
  std::int32_t nice = 0;
  rlimit data{};
  rlimit stack{};
  cpu_set_t cpus{};
  std::array<char, 512>
      control_group{};  ///< folder of the worker's control group; empty: the new process stays in its group
  std::array<char, 512> pool_mark{};  ///< PRUN_POOL in the worker's environment (pool/guardian.hpp); empty: none
};
static_assert(std::is_trivially_copyable_v<ForkRequest>);

/// The answer: the process, or the reason why there is none.
struct ForkAnswer {
  std::int32_t pid = 0;  ///< 0: this process must not be forked; the worker starts its own Python
};

/// Sent when the process has ended.
struct EndNotice {
  std::int32_t status = 0;  ///< as waitpid(2) returns it
};

}  // namespace prun::python
