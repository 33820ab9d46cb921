// The value of --joblog: a file, and whether its lines are kept.
#pragma once

#include <string>
#include <string_view>

namespace prun::app {

struct JobLogFile {
  std::string path;      ///< empty: the value is only the sign
  bool appends = false;  ///< `+FILE`
};

inline JobLogFile parse_joblog_file(std::string_view value) {
  const bool appends = value.starts_with('+');
  return {std::string(value.substr(appends ? 1 : 0)), appends};
}

}  // namespace prun::app
