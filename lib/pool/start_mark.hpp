// The arguments that tell a spawned program its role. The second is `word`, the third is the socket that it inherited, the
// last two name the function to enter in the module that contains the pool's library: there may be several.
//
// A mark counts only if that socket is open. So a program that happens to get these arguments starts as usual.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prun::pool {

struct StartMark {
  static constexpr const char* word = "--prun-forkserver";

  int socket = -1;
  std::uint64_t device = 0;  ///< of the socket, from fstat(2)
  std::uint64_t inode = 0;
  pid_t master = 0;
  std::string module;
  std::uint64_t offset = 0;
};

/// For an open socket. @throws std::system_error
[[nodiscard]] StartMark mark_for(int socket);
/// The arguments after the program's name.
[[nodiscard]] std::vector<std::string> arguments_of(const StartMark& mark);
/// Nothing if there is no such mark or its socket is not open.
[[nodiscard]] std::optional<StartMark> read_mark(int argc, const char* const* argv);

}  // namespace prun::pool
