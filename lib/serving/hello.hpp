// The first line of a serving process: which functions it has (PROTOCOL.md). Reads it, and does no more.
#pragma once

#include "function/function.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace prun::serving {

struct Offer {
  std::string name;
  Signature signature;
  std::string help;
  bool listed = true;  ///< false: can be called, and is not shown
};

/// @return what is wrong, to stand behind "process 17 (./worker.js)"
[[nodiscard]] tl::expected<std::vector<Offer>, std::string> parse_hello(std::string_view line);

}  // namespace prun::serving
