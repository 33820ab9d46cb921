// The data that the master sends to a spawned server (Start::spawn), one datagram each:
//
//   master                                          the program, executed once more
//   argv: NAME --prun-forkserver MARK MODULE OFFSET ->   start_mark.hpp; static constructors run, then instead of main():
//   handover + descriptors           --socket-->    receives it, maps the memory, becomes a ServerProcess
//   the pool is made, or throws         <--socket--    one hello: a zero byte, or the error message
//   requests, events                 <--socket-->   as with a forked server (fork_server.hpp)
//
// The handover is a tuple in the format of detail/codec.hpp: both ends are the same program. The descriptors are part
// of the datagram (SCM_RIGHTS), in the order of `Descriptor`. It is sent before the exec, and waits in the socket.
#pragma once

#include "sys/fd.hpp"

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace prun::pool {

struct Handover {
  enum Descriptor : std::size_t { region, bell, modules, guardian, descriptors = guardian + 4 };

  pid_t master = 0;
  std::uint32_t initial = 0;  ///< number of workers to fork immediately
  std::string guardian_mark;
  std::vector<std::pair<std::string, std::string>> environment;  ///< for workers
  std::string initializer;                                       ///< as write_std_function() writes it; empty: none
  std::string preload;  ///< what LD_PRELOAD had before this module was put in front of it
  bool preloaded = false;
};

/// @throws std::system_error
void send_handover(int socket, const Handover& handover, const std::array<int, Handover::descriptors>& fds);
/// @throws std::exception if there is none
[[nodiscard]] Handover receive_handover(int socket, std::array<sys::Fd, Handover::descriptors>& fds);

}  // namespace prun::pool
