// The encoding of calls of named functions. The chunk's callable is the function's address, because workers are forked from
// a master that has the registry, or its name if it was loaded later. Then come each task's arguments, after their length.
#pragma once

#include "function/registry.hpp"

#include <prun/detail/call_frame.hpp>

#include <string>
#include <string_view>

namespace prun {

/// @param registry where a worker finds the function by name; at the same address in every process of the run
void append_function(std::string& payload, const Function& function, Registry& registry);
void append_item(std::string& payload, const Function& function, std::string_view args, std::string_view kwargs);

/// The entry point of such chunks, and of chunks of functions that have their own entry point.
void run_function_chunk(detail::CallFrame& frame);
[[nodiscard]] detail::Entry entry_of(const Function& function) noexcept;

}  // namespace prun
