// The names of traces, as the command line gives them.
#pragma once

#include "usage_error.hpp"

#include "trace/trace_format.hpp"

#include <string_view>

namespace prun::app {

/// @throws UsageError if this prun cannot write a trace in the format that the name asks for
inline void check_trace_name(std::string_view path) {
  if (const auto problem = trace::unsupported_trace(path)) throw UsageError(*problem);
}

}  // namespace prun::app
