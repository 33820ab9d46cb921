// What a run has to do with a jobserver: it takes part in make's, or offers one to what it runs, or neither.
#pragma once

#include "jobserver/token_pipe.hpp"
#include "jobserver/tokens.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace prun::jobserver {

struct JoinOptions {
  std::uint32_t workers = 1;
  bool offer = false;  ///< where there is none: it runs programs, which share its workers
  Style style = Style::pipe;
};

struct Joined {
  std::unique_ptr<Tokens> tokens;         ///< null: as many tasks run as there are workers
  std::optional<std::string> make_flags;  ///< MAKEFLAGS of what the run starts, where it is not the run's own
  std::string note;                       ///< one sentence of what was found; may be empty
  bool dry_run = false;                   ///< `make -n`, and the recipe's line has a +: nothing is to be done
};

/// @param make_flags MAKEFLAGS, empty where there is none
/// @throws std::system_error where a pipe to offer cannot be made
[[nodiscard]] Joined join(std::string_view make_flags, const JoinOptions& options);

}  // namespace prun::jobserver
