// Parses the first line of a serving process: the functions that it offers (PROTOCOL.txt).
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
  bool listed = true;  ///< false: can be called, but is not listed
};

/// @return what is wrong, as a continuation of "process 17 (./worker.js)"
[[nodiscard]] tl::expected<std::vector<Offer>, std::string> parse_hello(std::string_view line);

}  // namespace prun::serving
