// What a short program prints: runs it, waits for its end, and gives back its output. For programs that answer a question.
#pragma once

#include <tl/expected.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace prun::command {

/// The standard output of a program that succeeds within `limit`, at most 16 MiB. Its standard input is empty.
/// @return why there is none, with the last line that it wrote to standard error
[[nodiscard]] tl::expected<std::string, std::string> program_output(const std::vector<std::string>& words,
                                                                    std::chrono::milliseconds limit);

}  // namespace prun::command
