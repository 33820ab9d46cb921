// Decides how a run uses a jobserver: it joins make's, or offers its own to the commands it runs, or uses none.
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
  bool offer = false;  ///< if there is none, offer one: the run starts programs that share its workers
  Style style = Style::pipe;
};

struct Joined {
  std::unique_ptr<Tokens> tokens;         ///< null: as many tasks run as there are workers
  std::optional<std::string> make_flags;  ///< MAKEFLAGS for the processes of the run, if different from its own
  std::string note;                       ///< one sentence about the result; may be empty
  bool dry_run = false;                   ///< `make -n` runs this recipe because its line has a +: run nothing
};

/// @param make_flags value of MAKEFLAGS; empty: not set
/// @throws std::system_error if the pipe to offer cannot be created
[[nodiscard]] Joined join(std::string_view make_flags, const JoinOptions& options);

}  // namespace prun::jobserver
