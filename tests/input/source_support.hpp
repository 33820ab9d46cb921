// What tests of sources share: a source's whole content as readable lines.
#pragma once

#include "input/open_source.hpp"
#include "input/task_source.hpp"
#include "support/builtins.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace prun {

using test::builtins;

/// `fib[8]`, `ackermann[2,4] id="x"`, `fib["99..."] defect: an integer ...`
[[nodiscard]] std::string text_of(const Task& task);

/// Each task's text; `bad: ...` for a bad entry, `blocked` where nothing was there. Stops at the end or when blocked.
[[nodiscard]] std::vector<std::string> drain(TaskSource& source);

/// Of the words behind the mode; a single `error: ...` where they cannot be opened.
[[nodiscard]] std::vector<std::string> tasks_of(const std::vector<std::string>& words, InputOptions options = {});

/// Of a task file with that text, read in pieces of `piece` bytes.
[[nodiscard]] std::vector<std::string> tasks_in(std::string_view text, std::size_t piece = SIZE_MAX);

using Lines = std::vector<std::string>;

}  // namespace prun
