// prun cannot write a command's output to its own output. The run cannot continue, and no task is to blame.
#pragma once

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

namespace prun::command {

class OutputError : public std::system_error {
 public:
  /// For the current `errno`. @param fd standard output or standard error
  explicit OutputError(int fd)
      : std::system_error(errno, std::generic_category(),
                          std::string("cannot write to standard ") + (fd == 2 ? "error" : "output")) {}
};

/// The type of a failure that was such an exception.
inline constexpr std::string_view output_error_type = "prun::command::OutputError";

}  // namespace prun::command
