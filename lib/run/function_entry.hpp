// How a call of a named function travels: the function's address as the chunk's callable - workers are forked from a master
// that has the registry already; where it was loaded later, its name - then each task's arguments behind their length.
#pragma once

#include "function/registry.hpp"

#include <prun/detail/call_frame.hpp>

#include <string>
#include <string_view>

namespace prun {

/// @param registry where a worker finds it by name; at the same address in every process of the run
void append_function(std::string& payload, const Function& function, Registry& registry);
void append_item(std::string& payload, const Function& function, std::string_view args, std::string_view kwargs);

/// The entry point of such chunks, and of those of functions that have one of their own.
void run_function_chunk(detail::CallFrame& frame);
[[nodiscard]] detail::Entry entry_of(const Function& function) noexcept;

}  // namespace prun
