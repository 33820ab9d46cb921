// What a journal has, in figures. It does not know how they are printed.
#pragma once

#include "journal/journal_file.hpp"
#include "journal/run_record.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun::journal {

struct Summary {
  struct Times {  ///< of attempts that were measured, in seconds
    double total = 0;
    double longest = 0;
    double cpu = 0;
    std::uint64_t max_rss = 0;  ///< bytes
  };
  struct Ending {
    std::string ending;
    std::uint64_t count = 0;
  };
  struct Task {
    std::uint64_t task = 0;
    std::string call;  ///< `fib(35)`
    std::string ending;
    std::string what;  ///< of a failure, what is known
    double seconds = 0;
    std::uint64_t attempts = 0;
  };

  std::vector<RunRecord> runs;
  bool running = false;     ///< the last of them runs; any other without an end was killed
  std::uint64_t tasks = 0;  ///< that are known
  bool whole = false;       ///< there are no others: the input was read to its end
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t attempts = 0;
  Times times;
  std::vector<Ending> failures;    ///< by kind, most frequent first
  std::vector<Task> failed_tasks;  ///< the first few
  std::vector<Task> slowest;       ///< the slowest first
  [[nodiscard]] std::uint64_t missing() const noexcept { return tasks - succeeded - failed; }
};

/// How a call of a function is written, given its args and kwargs; empty: as `function(args)`.
using CallText = std::function<std::string(std::string_view function, std::string_view args, std::string_view kwargs)>;

/// @param most of failed and of slow tasks. @throws JournalError
[[nodiscard]] Summary summarize(JournalFile& file, std::size_t most, const CallText& call_text = {});

}  // namespace prun::journal
