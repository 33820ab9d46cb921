// How a spawned program is told that it is one: by its arguments. Its second is `word`, its third names the socket that it
// was given, its last two name the function to enter in the module that holds the pool's library: there may be several.
//
// A mark counts only where that socket is open. So a program that is somehow given these arguments starts as ever.
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
  std::uint64_t device = 0;  ///< of the socket, as fstat(2) says
  std::uint64_t inode = 0;
  pid_t master = 0;
  std::string module;
  std::uint64_t offset = 0;
};

/// Where the socket is open. @throws std::system_error
[[nodiscard]] StartMark mark_for(int socket);
/// The arguments behind the first.
[[nodiscard]] std::vector<std::string> arguments_of(const StartMark& mark);
/// Nothing where there is no such mark, or its socket is not open.
[[nodiscard]] std::optional<StartMark> read_mark(int argc, const char* const* argv);

}  // namespace prun::pool
