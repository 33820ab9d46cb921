// The names of reports, as the command line gives them.
#pragma once

#include "usage_error.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>

namespace prun::app {

/// A name without a suffix may be a device or a pipe. @throws UsageError if the suffix asks for a format that prun cannot write
inline void check_report_name(std::string_view path) {
  constexpr std::array<std::string_view, 4> known{"", ".html", ".htm", ".svg"};
  const std::string suffix = std::filesystem::path(path).extension().string();
  if (std::find(known.begin(), known.end(), suffix) == known.end())
    throw UsageError("cannot write the report " + std::string(path) +
                     ": use a name that ends in .html or .htm, for a page, or in .svg, for a picture");
}

}  // namespace prun::app
