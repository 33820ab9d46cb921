// Recorded tasks and endings as people read them.
#pragma once

#include "journal/recorded_tasks.hpp"

#include <prun/outcome.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace prun::journal {

/// `fib(35)`, cut where it is long. @param call the call as people write it; empty: that
[[nodiscard]] std::string short_call(std::string_view function, std::string_view args, std::string_view kwargs,
                                     std::string_view call = {});

/// The positional arguments of the task at `index`, which is of that entry.
[[nodiscard]] std::string args_of(const RecordedTask& entry, std::uint64_t index);

/// That task as a short call.
[[nodiscard]] std::string call_of(const RecordedTask& entry, std::uint64_t index);

/// @throws wire::DecodeError where there is no such ending of a failure
[[nodiscard]] FailureKind kind_named(std::string_view ending);

}  // namespace prun::journal
