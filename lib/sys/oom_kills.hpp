// Whether the system has killed processes for want of memory: on the whole machine, or in any control group of it. Who was
// killed the system does not say to everybody.
#pragma once

#include <cstdint>
#include <string>

namespace prun::sys {

class OomKills {
 public:
  /// Counts from now on. @param root stands before the path that is read: "" for the machine itself
  explicit OomKills(std::string root = "");

  /// There was one since the last call, or since the beginning.
  [[nodiscard]] bool risen();

 private:
  [[nodiscard]] std::uint64_t count() const;

  std::string root_;
  std::uint64_t seen_;
};

}  // namespace prun::sys
