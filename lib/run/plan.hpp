// Describes the plan of a run before it starts, with the reasons: how many tasks a worker takes at once, the order of results, and what
// may delay or end the run. Pure text: it starts nothing and reads nothing.
#pragma once

#include "run/run_options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun {

/// The facts that determine the plan, besides the options of the run.
struct PlanFacts {
  std::string_view mode;               ///< its name
  std::optional<std::uint64_t> tasks;  ///< absent: not known before the input is read
  bool commands = false;               ///< the tasks are commands
  bool workers_given = false;          ///< by --jobs; otherwise from the CPUs
  bool resumes = false;                ///< outcomes of earlier runs are taken from a journal
  enum class Jobserver : std::uint8_t { none, joined, offered } jobserver = Jobserver::none;
  std::string_view jobserver_note;  ///< why it is not used; empty: no reason
};

/// Sentences, one a line: `map: 39 tasks, 4 workers: chunk size 3 = ceil(39/16), 13 chunks`.
[[nodiscard]] std::vector<std::string> explain_plan(const RunOptions& options, const PlanFacts& facts);

}  // namespace prun
