// The JSON Schema of what --output json and jsonl print. It must say what json_output.cpp does; a test compares them.
#pragma once

#include <string>

namespace prun {

/// Raised when a member changes its meaning or goes away. New members do not raise it.
inline constexpr int json_version = 1;

/// The schema of one line of jsonl, which is an element of the array of json.
[[nodiscard]] std::string json_schema();

}  // namespace prun
