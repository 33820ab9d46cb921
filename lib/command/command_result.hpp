// The result of a command as a value: a map that JSON output prints unchanged.
//
//   {"exit": 0, "stdout": "...", "stderr": "", "seconds": 0.002, "user": 0.001, "system": 0.0, "max_rss": 2097152,
//    "minor_faults": 95, "major_faults": 0}
//
// If a signal ended the command, "signal" replaces "exit". An output too large for memory is {"file": token, "size": bytes}
// until the master has read it (spilled_files.hpp).
#pragma once

#include "command/spilled_files.hpp"

#include <prun/outcome.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun::command {

struct CommandResult {
  /// The bytes, or the file that contains them.
  struct Output {
    std::string_view bytes;
    std::optional<SpilledFile> file;
  };
  int status = 0;  ///< as waitpid(2) returns it
  Output out;
  Output err;
  std::chrono::nanoseconds wall{};
  std::chrono::microseconds user{};
  std::chrono::microseconds system{};
  std::uint64_t max_rss = 0;  ///< bytes
  std::uint64_t minor_faults = 0;
  std::uint64_t major_faults = 0;
};

void encode_result(const CommandResult& result, std::string& value);

/// The outputs of an encoded result; empty if `value` is not a result. Views of `value`.
struct Outputs {
  CommandResult::Output out;
  CommandResult::Output err;
};
[[nodiscard]] Outputs outputs_of(std::string_view value);

/// The resource usage of the command; absent if `value` is not a result.
[[nodiscard]] std::optional<Usage> usage_of(std::string_view value);

/// The files that contain outputs of the result.
[[nodiscard]] std::vector<SpilledFile> files_of(std::string_view value);
[[nodiscard]] inline bool has_files(std::string_view value) { return !files_of(value).empty(); }
/// Number of bytes of the result that are in files.
[[nodiscard]] std::uint64_t file_bytes_of(std::string_view value);

/// The same result with other files: those that `file_of` returns for "stdout" and "stderr".
[[nodiscard]] std::string with_files(std::string_view value,
                                     const std::function<SpilledFile(std::string_view)>& file_of);

/// The same result with the contents of its files, which are taken.
[[nodiscard]] std::string with_contents(std::string_view value, SpilledFiles& files);

/// The result for the user: files are read into it, and outputs that are not UTF-8 become "stdout_base64" and
/// "stderr_base64". Returns `value` itself if nothing changes, otherwise a view of `buffer`.
[[nodiscard]] std::string_view readable_result(std::string_view value, SpilledFiles* files, std::string& buffer);

/// Appends the whole content of a file. @throws std::system_error
void append_content(const SpilledFiles::Content& content, std::string& bytes);

}  // namespace prun::command
