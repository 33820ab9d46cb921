// How a call of a named function travels: the function's address as the chunk's callable (workers are forked from a master
// that has the registry already), then each task's arguments behind their length.
#pragma once

#include "function/function.hpp"

#include <prun/detail/call_frame.hpp>

#include <string>
#include <string_view>

namespace prun {

void append_function(std::string& payload, const Function* function);
void append_item(std::string& payload, std::string_view args);

/// The entry point of such chunks.
void run_function_chunk(detail::CallFrame& frame);

}  // namespace prun
