// Formats recorded tasks and endings for people.
#pragma once

#include "journal/recorded_tasks.hpp"

#include <prun/outcome.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace prun::journal {

/// `fib(35)`, shortened if it is long. @param call the text of the call; empty: the default form
[[nodiscard]] std::string short_call(std::string_view function, std::string_view args, std::string_view kwargs,
                                     std::string_view call = {});

/// The positional arguments of the task at `index`, which must be in that entry.
[[nodiscard]] std::string args_of(const RecordedTask& entry, std::uint64_t index);

/// That task as a short call.
[[nodiscard]] std::string call_of(const RecordedTask& entry, std::uint64_t index);

/// @throws wire::DecodeError if there is no failure kind of that name
[[nodiscard]] FailureKind kind_named(std::string_view ending);

}  // namespace prun::journal
