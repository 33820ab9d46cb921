// Detects that the kernel has killed processes for lack of memory, on the machine or in any of its control groups. The
// kernel does not tell every user which process it killed.
#pragma once

#include <cstdint>
#include <string>

namespace prun::sys {

class OomKills {
 public:
  /// Counts from now on. @param root prefix of the path that is read: "" for the machine itself
  explicit OomKills(std::string root = "");

  /// Returns true if there was a kill since the last call, or since the construction.
  [[nodiscard]] bool risen();

 private:
  [[nodiscard]] std::uint64_t count() const;

  std::string root_;
  std::uint64_t seen_;
};

}  // namespace prun::sys
