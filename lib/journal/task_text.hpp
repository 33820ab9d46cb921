// Formats recorded tasks and endings for people.
#pragma once

#include "journal/recorded_tasks.hpp"
#include "journal/sqlite.hpp"

#include <prun/outcome.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace prun::journal {

/// `fib(35)`, shortened if it is long. @param call the text of the call; empty: the default form
[[nodiscard]] std::string short_call(std::string_view function, std::string_view args, std::string_view kwargs,
                                     std::string_view call = {});

/// The positional arguments of a call with one number.
[[nodiscard]] std::string args_of(std::int64_t number);

/// The positional arguments of the task at `index`, which must be in that entry.
[[nodiscard]] std::string args_of(const RecordedTask& entry, std::uint64_t index);

/// That task as a short call.
[[nodiscard]] std::string call_of(const RecordedTask& entry, std::uint64_t index);

/// The failure whose type, message, signal, exit status and process are in these columns of a row, from `type` on.
/// @param ending its kind @throws wire::DecodeError if there is no such kind
[[nodiscard]] Failure failure_in(const Statement& row, std::string_view ending, int type);

}  // namespace prun::journal
